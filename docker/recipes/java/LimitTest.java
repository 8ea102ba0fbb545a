// From a clone to a passing test of a 429, in Java 17 or later with nothing but the JDK.
//
//   git clone REPOSITORY slots && make -C slots serve        # in another terminal: http://127.0.0.1:8255
//   java slots/docker/recipes/java/LimitTest.java
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

class LimitTest {
    static final String ROOT = System.getenv().getOrDefault("LSQ_BASE_URL", "http://127.0.0.1:8255");
    static final HttpClient HTTP = HttpClient.newHttpClient();

    static HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(ROOT + path)).header("Content-Type", "application/json");
        if (headers.length > 0) request.headers(headers);
        return HTTP.send(request.POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The application under test: its client knows nothing of an emulator. */
    static HttpResponse<String> slots(String accessKey, String secretKey) throws Exception {
        var question = """
            {"FromDate": "2026-03-02", "ToDate": "2026-03-02", "Users": ["zoo@lsqdev.in"], "IncludeAllowedConflictSlots": false}""";
        return post("/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress", question,
            "x-LSQ-AccessKey", accessKey, "x-LSQ-SecretKey", secretKey);
    }

    static String member(String json, String name) {
        var found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        if (!found.find()) throw new AssertionError("no " + name + " in " + json);
        return found.group(1);
    }

    static void check(Object received, Object expected, String what) {
        if (!received.equals(expected)) throw new AssertionError(what + ": received " + received + ", expected " + expected);
    }

    public static void main(String[] arguments) throws Exception {
        var account = post("/__admin/accounts", "{\"rateLimit\": \"3/5s\", \"now\": \"2026-03-02T03:30:00Z\"}").body();
        String access = member(account, "accessKey"), secret = member(account, "secretKey");
        for (int call = 1; call <= 3; call++) check(slots(access, secret).statusCode(), 200, "call " + call);
        var refused = slots(access, secret);
        check(refused.statusCode(), 429, "the fourth call");
        check(member(refused.body(), "ExceptionType"), "MXAPIRateLimitExceededException", "its exception");
        post("/__admin/clock/advance?account=" + URLEncoder.encode(access, StandardCharsets.UTF_8), "{\"seconds\": 5}");
        check(slots(access, secret).statusCode(), 200, "a call after the window");
        System.out.println("ok: the fourth call is refused until the window has passed");
    }
}
