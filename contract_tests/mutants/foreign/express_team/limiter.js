// 25 calls in five seconds for each account; the window starts with its first call, and refused calls count.
export function limiter(bug, off) {
  const windows = new Map();
  const length = { "limit-of-four-seconds": 4000, "limit-of-ten-seconds": 10000 }[bug] ?? 5000;
  const most = { "limit-counts-from-zero": 26, "limit-of-fifty": 50, "limit-of-ten": 10 }[bug] ?? 25;
  const keyOf = (req) => {
    if (bug === "limit-by-url") return req.originalUrl;
    if (bug === "limit-by-socket") return `${req.socket.remoteAddress}:${req.socket.remotePort}`;
    if (bug === "limit-by-length") return `${req.account} ${req.get("content-length")}`;
    if (bug === "limit-by-type") return `${req.account} ${req.get("content-type")} ${req.get("accept")}`;
    return req.account;
  };
  return async (req) => {
    if (off || bug === "limit-missing") return true;
    const key = keyOf(req);
    const now = performance.now();
    let window = windows.get(key);
    if (!window || now - window.start >= length) window = { start: now, count: 0 };
    if (bug === "limit-lost-updates") {
      const { count } = window; // the store is remote: read, wait, write
      await new Promise((resolve) => setTimeout(resolve, 20));
      windows.set(key, { start: window.start, count: count + 1 });
      return count < most;
    }
    window.count += 1;
    windows.set(key, window);
    if (bug === "limit-starts-over" && window.count > most) windows.delete(key);
    if (bug === "limit-each-call-prolongs") window.start = now;
    return window.count <= most;
  };
}
