// Compiles every schema of a folder in Ajv's strict mode, and judges the values of standard input: [[schema, value], …] gives [true, …].
const { readFileSync, readdirSync } = require("node:fs");
const { default: Ajv } = require("ajv/dist/2020.js");
const { default: addFormats } = require("ajv-formats");

const folder = process.argv[2];
const ajv = new Ajv({ strict: true, allErrors: true });
addFormats(ajv);
const names = readdirSync(folder).filter((name) => name.endsWith(".schema.json"));
for (const name of names) ajv.addSchema(JSON.parse(readFileSync(`${folder}/${name}`, "utf8")), name);
const validators = Object.fromEntries(names.map((name) => [name, ajv.getSchema(name)]));
const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(([name, value]) => validators[`${name}.schema.json`](value))));
