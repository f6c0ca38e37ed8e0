/**
 * How large each part of a district is and where it lies in its entity's index. Aimed at about nine rows for each student:
 * 62 % enrollments, 30 % users, 6 % classes, the rest courses, sessions and orgs.
 */
export interface Shape {
  students: number;
  schools: number;
  coursesPerSchool: number;
  classesPerSchool: number;
  teachersPerSchool: number;
  aidesPerSchool: number;
  administratorsPerSchool: number;
  /** users: students first, then guardians, teachers, aides, administrators, and after `users` the joiners */
  guardiansFrom: number;
  teachersFrom: number;
  aidesFrom: number;
  administratorsFrom: number;
  users: number;
  classes: number;
  courses: number;
  /** enrollments: students first, then one teacher for each class, then one proctor for each aide */
  teachingFrom: number;
  proctoringFrom: number;
  enrollments: number;
  sessions: number;
  orgs: number;
}

export const CLASSES_PER_STUDENT = 5;
export const SESSIONS_PER_ORG = 7;

export function shapeOf(students: number): Shape {
  const schools = Math.max(3, Math.round(students / 600));
  const perSchool = (share: number, least: number) => Math.max(least, Math.round((students / schools) * share));
  const teachersPerSchool = perSchool(0.09, 2);
  const aidesPerSchool = perSchool(0.05, 1);
  const administratorsPerSchool = perSchool(0.01, 1);
  const coursesPerSchool = perSchool(0.13, 14);
  // 42 = 7 grades times 6, so that five different classes of a student's own grade always exist
  const classesPerSchool = perSchool(0.54, 42);
  const guardiansFrom = students;
  const teachersFrom = guardiansFrom + Math.round(students * 1.55);
  const aidesFrom = teachersFrom + schools * teachersPerSchool;
  const administratorsFrom = aidesFrom + schools * aidesPerSchool;
  const teachingFrom = students * CLASSES_PER_STUDENT;
  const proctoringFrom = teachingFrom + schools * classesPerSchool;
  return {
    students,
    schools,
    coursesPerSchool,
    classesPerSchool,
    teachersPerSchool,
    aidesPerSchool,
    administratorsPerSchool,
    guardiansFrom,
    teachersFrom,
    aidesFrom,
    administratorsFrom,
    users: administratorsFrom + schools * administratorsPerSchool,
    classes: schools * classesPerSchool,
    courses: schools * coursesPerSchool,
    teachingFrom,
    proctoringFrom,
    enrollments: proctoringFrom + schools * aidesPerSchool,
    sessions: SESSIONS_PER_ORG * (schools + 1),
    orgs: schools + 1,
  };
}
