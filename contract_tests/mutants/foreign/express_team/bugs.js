// The names of the mistakes, and what they mean, stand in bugs.toml.
import { readFileSync } from "node:fs";
import { parse } from "smol-toml";

export const BUGS = parse(readFileSync(new URL("./bugs.toml", import.meta.url), "utf8")).bug;
