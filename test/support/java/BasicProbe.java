import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.PasswordAuthentication;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/** Posts a hook as a JVM does that has a user and a password: BasicProbe URL USER BODY; the password comes by stdin, in UTF-8. */
public class BasicProbe {
  public static void main(String[] args) throws Exception {
    char[] password = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).toCharArray();
    Authenticator.setDefault(new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        return new PasswordAuthentication(args[1], password);
      }
    });
    HttpURLConnection connection = (HttpURLConnection) new URL(args[0]).openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json;charset=UTF-8");
    connection.getOutputStream().write(args[2].getBytes(StandardCharsets.UTF_8));
    System.out.println(connection.getResponseCode());
  }
}
