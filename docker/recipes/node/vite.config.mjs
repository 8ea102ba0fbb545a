// The front-end developer's first way: the dev server passes the vendor's path on, so the browser sees one origin and no CORS is needed.
// The keys are added here, on the server's side: they do not get into the page.
export default {
  server: {
    proxy: {
      "/v2": {
        target: process.env.LSQ_BASE_URL ?? "http://127.0.0.1:8255",
        changeOrigin: true,
        headers: {
          "x-LSQ-AccessKey": process.env.LSQ_ACCESS_KEY ?? "AccessKey",
          "x-LSQ-SecretKey": process.env.LSQ_SECRET_KEY ?? "SecretKey",
        },
      },
    },
  },
};
