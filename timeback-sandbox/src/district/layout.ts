/** Index arithmetic: which school, grade, course and people belong together in an unedited district. Pure and O(1). */
import { CLASSES_PER_STUDENT, type Shape } from './shape.js';

export type Level = 'Elementary' | 'Middle' | 'High';
export type UserKind = 'student' | 'guardian' | 'teacher' | 'aide' | 'administrator';

const LEVELS: Level[] = ['Elementary', 'Middle', 'High', 'Elementary', 'Elementary'];
const GRADES: Record<Level, string[]> = {
  Elementary: ['-1', '0', '1', '2', '3', '4', '5'],
  Middle: ['6', '7', '8'],
  High: ['9', '10', '11', '12'],
};

export const levelOf = (school: number): Level => LEVELS[school % LEVELS.length]!;
export const gradesOf = (school: number): string[] => GRADES[levelOf(school)];

export function firstSchoolOf(shape: Shape, student: number): number {
  return Math.floor((student * shape.schools) / shape.students);
}

export function kindOfUser(shape: Shape, user: number): UserKind {
  if (user < shape.guardiansFrom || user >= shape.users) return 'student';
  if (user < shape.teachersFrom) return 'guardian';
  if (user < shape.aidesFrom) return 'teacher';
  return user < shape.administratorsFrom ? 'aide' : 'administrator';
}

/** Two students of one family follow each other: every fourth pair are siblings and share guardians and family name. */
export function familyOf(shape: Shape, student: number): number {
  const elder = student & ~1;
  return (elder >> 1) % 4 === 0 && elder + 1 < shape.students ? elder : student;
}

/** Every student has one guardian of their own, about half have a second one. */
export function childOf(shape: Shape, guardian: number): number {
  const n = guardian - shape.guardiansFrom;
  if (n < shape.students) return n;
  const seconds = shape.teachersFrom - shape.guardiansFrom - shape.students;
  return Math.floor(((n - shape.students) * shape.students) / seconds);
}

function ownGuardians(shape: Shape, student: number): number[] {
  const own = [shape.guardiansFrom + student];
  const seconds = shape.teachersFrom - shape.guardiansFrom - shape.students;
  const second = shape.guardiansFrom + shape.students + Math.ceil((student * seconds) / shape.students);
  if (second < shape.teachersFrom && childOf(shape, second) === student) own.push(second);
  return own;
}

const PARENT_TEACHERS = 173;

/** A few teachers are also the parent of a student of the district: teacher number n of student 173 n. */
export function childOfTeacher(shape: Shape, teacher: number): number {
  const child = (teacher - shape.teachersFrom) * PARENT_TEACHERS;
  return child < shape.students ? child : -1;
}

/** The users who are agents of this student: guardians, a sibling's guardians, perhaps a teacher. */
export function agentsOf(shape: Shape, student: number): number[] {
  if (student >= shape.students) return [];
  const agents = ownGuardians(shape, student);
  const sibling = student ^ 1;
  if (sibling < shape.students && familyOf(shape, sibling) === familyOf(shape, student)) {
    agents.push(...ownGuardians(shape, sibling));
  }
  const teacher = shape.teachersFrom + student / PARENT_TEACHERS;
  if (student % PARENT_TEACHERS === 0 && teacher < shape.aidesFrom) agents.push(teacher);
  return agents;
}

/** The classes of one grade are those whose number in the school leaves that grade's remainder. */
export function classOfStudent(shape: Shape, school: number, hash: number, slot: number): number {
  const grades = gradesOf(school).length;
  const grade = hash % grades;
  const ofGrade = Math.ceil((shape.classesPerSchool - grade) / grades);
  const step = Math.floor(ofGrade / CLASSES_PER_STUDENT);
  const row = ((hash >>> 4) + slot * step) % ofGrade;
  return school * shape.classesPerSchool + row * grades + grade;
}

/** The course of a class: same school, same grade. Both numbers count within the district. */
export function courseOfClass(shape: Shape, classIndex: number): number {
  const school = Math.floor(classIndex / shape.classesPerSchool);
  const grades = gradesOf(school).length;
  const inSchool = classIndex % shape.classesPerSchool;
  const grade = inSchool % grades;
  const ofGrade = Math.ceil((shape.coursesPerSchool - grade) / grades);
  const row = Math.floor(inSchool / grades) % ofGrade;
  return school * shape.coursesPerSchool + row * grades + grade;
}
