import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/** The work of client.py with java.net.http, which asks for HTTP/2 and unpacks nothing by itself. */
class Client {
    static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build();
    static String token;

    static String call(String method, String url, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + token)
                .header("Accept-Encoding", "gzip")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        var response = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
        System.out.println(response.statusCode());
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    public static void main(String[] given) throws Exception {
        token = given[2];
        var old = given[0] + "/iam/v1beta1/organizations/" + given[1];
        call("GET", old + "/users?limit=2", "");
        call("GET", old + "/users?limit=2&offset=2", "");
        var made = call("POST", old + "/teams", "{\"name\": \"recorded\", \"description\": \"f\u00fcr alle\"}");
        // The first id is that of who made it, the last one that of who changed it.
        var id = Pattern.compile("\"id\":\"([^\"]+)\",\"isIdp").matcher(made).results().findFirst().get().group(1);
        call("GET", old + "/teams/" + id, "");
        call("DELETE", old + "/teams/" + id, "");
        call("GET", old + "/teams/" + id, "");
        call("GET", given[0] + "/v1/organizations/" + given[1] + "/audit-logs", "");
    }
}
