/** The benchmark: first load, unchanged and changed re-sync, against a floor and two ways of upserting. */
export {};
