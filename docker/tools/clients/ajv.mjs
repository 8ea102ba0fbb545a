// Compiles every schema of a folder in Ajv's strict mode, and judges the values of standard input: [[schema, value], …] gives [true, …].
import { readFileSync, readdirSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const folder = process.argv[2];
const ajv = new Ajv.default({ strict: true, allErrors: true });
addFormats.default(ajv);
const names = readdirSync(folder).filter((name) => name.endsWith(".schema.json"));
for (const name of names) ajv.addSchema(JSON.parse(readFileSync(`${folder}/${name}`, "utf8")), name);
const validators = Object.fromEntries(names.map((name) => [name, ajv.getSchema(name)]));
const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(([name, value]) => validators[`${name}.schema.json`](value))));
