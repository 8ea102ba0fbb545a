export default {
  input: "openapi.json",
  output: { path: "generated/hey", importFileExtension: ".js" },
  plugins: ["@hey-api/client-fetch"],
  logs: { level: "warn" },
};
