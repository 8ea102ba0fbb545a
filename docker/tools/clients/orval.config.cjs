// The base URL is the absolute one of the served document.
const input = "openapi.json";
const output = (name, more) => ({ target: `generated/orval/${name}.ts`, ...more });
module.exports = {
  client: { input, output: output("client", { client: "fetch", baseUrl: { getBaseUrlFromSpecification: true } }) },
  zod: { input, output: output("zod", { client: "zod" }) },
};
