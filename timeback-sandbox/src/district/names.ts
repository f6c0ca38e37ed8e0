/** Invented people's names from many languages, each with the plain-letter form that goes into an e-mail address. */
const GIVEN = `
Aaliyah Aarav Abigail Ada Adaeze Adrián Agnieszka Aiko Aisha Alejandro Alina Amara Amélie Amina Amir Ana Anaïs Anders
Andrei Aniyah Anton Anya Arjun Arturo Asha Astrid Aurora Aylin Ayodele Beatriz Benjamin Bianca Bjørn Bogdan Brianna
Bruno Caleb Camila Carlos Caroline Cécile Chidi Chloé Cristina Dalia Damián Daniel Danica David Deepa Denise Diego
Đặng Dilan Dorota Dylan Ebony Eduardo Elena Eliáš Elif Elijah Elise Emeka Emil Emma Enrique Esperanza Esther Ethan
Eva Fabián Farah Fatima Felipe Femi Fernanda Finn Florence François Freja Gabriela Galina George Giulia Grace Grzegorz
Günther Guadalupe Hana Hannah Haruto Hassan Héctor Helga Hiroshi Hòa Hugo Ibrahim Idris Imani Inés Ingrid Irina
Isabella Isla Ivan Ivana Jacob Jada Jakub Jamal James Jamila Javier Jayden Ji-woo Jin Joana João Joaquín Jonas José
Josefina Julián Julie Jürgen Kamil Karim Karolína Kateryna Kavya Kayla Keiko Kenji Khadija Kwame Lakshmi Larissa
Lars Latoya Laura Layla Leila Léo Leticia Liam Lina Linh Logan Lorenzo Lucía Luka Łukasz Mabel Magdalena Maja Malik
Manuel Marco Margarita Mariam Marisol Marta Martín Mateo Matthias Maya Mei Mekdes Mia Michael Miguel Mila Mira
Mohammed Mónica Nadia Naomi Natalia Nathaniel Neha Ngozi Nia Nicolás Nikolai Nina Noah Noémie Nour Nuria Obinna
Olga Olivia Olumide Omar Oscar Øyvind Paloma Paulo Pedro Petra Phoebe Pilar Priya Quang Rachel Rafael Rahul Ramón
Rania Raúl Rebecca Ren Renata Ricardo Rohan Rosa Ruth Sabrina Saida Salma Samuel Sanjay Santiago Sara Sasha Sean
Selam Selin Sergio Shanice Siddharth Sigrid Sión Sofía Søren Stefan Suki Svetlana Tadeusz Tamara Tariq Tatiana Terrence
Thandiwe Thiago Thomas Tiana Tomás Trinity Ulrike Uma Valentina Vanessa Vera Victor Vikram Violeta Vusi Wei William
Xavier Ximena Yara Yasmin Yolanda Youssef Yuki Yusuf Zahra Zainab Zoë Zofia Zuri`;

const FAMILY = `
Abdi Abebe Acosta Adebayo Aguilar Ahmed Akhtar Albrecht Ali Almeida Álvarez Amoah Andersen Anderson Andrade Appiah
Arslan Ávila Azevedo Baker Bakshi Banda Barbosa Barnes Bauer Bazán Becker Bektaş Bennett Bergström Bhatt Bianchi Björk
Blanchard Bondarenko Boateng Brooks Brown Bùi Bustamante Cabrera Campbell Cárdenas Carter Castañeda Castillo Čermák
Chanda Chaudhary Chávez Chen Choi Christensen Clarke Coleman Conti Cooper Correia Costa Cruz Cunningham Czajkowski
Da_Silva Dahl Das Davis De_la_Cruz Delgado Demir Desai Diallo Díaz Dimitrova Đỗ Domínguez Doyle Drăgulescu Dubois
Duarte Dvořák Edwards Eriksson Escobar Espinoza Estrada Evans Fairweather Farah Fernández Ferreira Fischer Flores
Fonseca Foster Fournier Fuentes Gallagher García Garrison Gebre Georgiou Ghosh Gómez González Goodwin Gupta Gutiérrez
Haddad Hall Hansen Harris Hashemi Hawthorne Hayashi Henderson Hernández Herrera Hidalgo Hoàng Hoffmann Holm Horvat
Huang Hughes Ibáñez Ibrahim Iglesias Ito Ivanov Iyer Jackson Jafari Janković Jansen Jensen Jiménez Johansson Johnson
Jørgensen Juárez Kallas Kamau Kang Kapoor Kaya Kearney Keller Khan Khoury Kim King Kipchoge Kobayashi Koch Kovač
Kowalczyk Krüger Kumar Kurt Lange Larsen Laurent Le Lefèvre Leroy Levy Lewis Li Lim Lindqvist Liu López Łukaszewicz
Machado Maduro Mahmoud Maldonado Markovic Marín Márquez Martin Martínez Mbeki Mbeya McAllister McKenzie Medina Mehta Meier
Méndez Mensah Meyer Miller Mitchell Moreau Morales Moreno Müller Muñoz Murphy Mwangi Nair Nakamura Navarro Nguyễn
Nielsen Nkosi Novák Nowak Núñez O'Brien O'Connor O'Neill Ochoa Odhiambo Ojeda Okafor Okonkwo Olsen Ortega Østergaard
Osei Owusu Öztürk Pacheco Padilla Park Parker Patel Pavlović Peña Pérez Petersen Petrov Phạm Phillips Pineda Popescu
Pospíšil Quintero Quispe Rahman Ramírez Ramos Rao Reddy Reed Reyes Riedel Ríos Rivera Robinson Rocha Rodríguez Rojas
Romano Rossi Roy Ruíz Sahin Saito Salazar Salinas Sánchez Sandoval Santos Sato Schäfer Schneider Schröder Schwarz
Şen Shah Shapiro Sharma Shevchenko Silva Singh Smith Sokolov Solís Soto Stewart Suárez Suzuki Svensson Szabó Takahashi
Tanaka Taylor Tesfaye Thomas Thompson Torres Traoré Trần Tremblay Turner Vargas Vázquez Vega Vieira Villanueva Virtanen
Vlasák Vogel Volkov Wagner Walker Wallace Walsh Wang Ward Washington Watanabe Weber Wójcik Wright Wu Yadav Yamamoto
Yang Yıldız Young Zając Zapata Zhang Zhao Ziegler Zimmermann Zúñiga`;

const LETTERS: Record<string, string> = { ł: 'l', đ: 'd', ø: 'o', ß: 'ss', ı: 'i', æ: 'ae' };

const list = (text: string) =>
  text
    .trim()
    .split(/\s+/)
    .map((name) => name.replaceAll('_', ' '));

/** Lower-case ASCII letters only. */
export function plainLetters(name: string): string {
  const stripped = name.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  return stripped.replace(/[łđøßıæ]/g, (letter) => LETTERS[letter]!).replace(/[^a-z]/g, '');
}

export const givenNames = list(GIVEN);
export const familyNames = list(FAMILY);
export const givenLetters = givenNames.map(plainLetters);
export const familyLetters = familyNames.map(plainLetters);

export const placeNames = list(`
Alder_Creek Amber_Hill Ashgrove Aspen_Ridge Bayview Beacon_Hill Birchwood Blue_Heron Bridgewater Brookside Canyon_Rim
Cedar_Bend Cherry_Lane Clearwater Copper_Mesa Cottonwood Crescent_Lake Deer_Run Eagle_Point Eastgate Elm_Hollow
Fairmeadow Falcon_Ridge Fern_Valley Foxglove Glen_Haven Goldenrod Granite_Peak Greenfield Harbor_Light Hawthorn_Park
Hazel_Grove Heron_Bay Hickory_Flats Highland_Park Indigo_Springs Ironwood Juniper_Heights Kestrel_Way Kingfisher_Cove
Lakeview Larkspur Laurel_Canyon Linden_Square Lone_Pine Magnolia_Court Maple_Terrace Meadowlark Mesquite_Flats Mill_River
Mockingbird Mossy_Oak North_Fork Oak_Hollow Old_Orchard Orchard_Hill Osprey_Landing Palmetto_Shores Pebble_Brook
Pine_Barrens Prairie_Rose Quail_Hollow Quarry_Road Red_Rock River_Bend Rosewood Saddleback Sage_Valley Sandpiper
Silver_Birch Spring_Mill Stonebridge Sumac_Trail Sunnyside Sweetwater Sycamore_Grove Tamarack Thistledown Timberline
Trillium Tulip_Tree Valley_Forge_Road Violet_Ridge Walnut_Creek Westgate Whispering_Pines Wildflower Willow_Springs
Windmill_Point Wren_Hollow Yarrow_Field`);
