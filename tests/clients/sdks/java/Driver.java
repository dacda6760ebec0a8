import cn.authing.sdk.java.client.AuthenticationClient;
import cn.authing.sdk.java.client.ManagementClient;
import cn.authing.sdk.java.dto.CheckSessionStatusDto;
import cn.authing.sdk.java.dto.KickPublicAccountsDto;
import cn.authing.sdk.java.dto.KickUsersDto;
import cn.authing.sdk.java.dto.KickUsersOptionsDto;
import cn.authing.sdk.java.dto.ListApplicationActiveUsersDto;
import cn.authing.sdk.java.dto.GetProfileDto;
import cn.authing.sdk.java.dto.LoginTokenRespDto;
import cn.authing.sdk.java.dto.SignInOptionsDto;
import cn.authing.sdk.java.dto.authentication.BuildLogoutUrlParams;
import cn.authing.sdk.java.dto.authentication.IOidcParams;
import cn.authing.sdk.java.dto.authentication.OIDCTokenResponse;
import cn.authing.sdk.java.dto.authentication.ValidateTokenParams;
import cn.authing.sdk.java.enums.ProtocolEnum;
import cn.authing.sdk.java.model.AuthenticationClientOptions;
import cn.authing.sdk.java.model.ManagementClientOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The protocol of driver.mjs, for Authing's SDK for Java. */
public final class Driver {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> TOKENS = Arrays.asList("access", "id", "refresh");

  private interface Run {
    Object with(JsonNode given) throws Exception;
  }

  private static final class Call {
    final Map<String, Object> shown = new LinkedHashMap<>();
    final Run run;

    Call(Run run) {
      this.run = run;
    }

    Call needs(String... tokens) {
      shown.put("needs", Arrays.asList(tokens));
      return this;
    }

    Call reaches(String... tokens) {
      shown.put("reaches", Arrays.asList(tokens));
      return this;
    }

    Call gives() {
      shown.put("gives", TOKENS);
      return this;
    }
  }

  private final Map<String, Map<String, Call>> calls = new LinkedHashMap<>();
  private final JsonNode place;
  private final ManagementClient admin;

  private Driver(JsonNode place) throws Exception {
    this.place = place;
    ManagementClientOptions options = new ManagementClientOptions();
    options.setAccessKeyId(text("pool"));
    options.setAccessKeySecret(text("poolSecret"));
    options.setHost(text("host"));
    admin = new ManagementClient(options);
    people();
    administration();
    links();
  }

  private String text(String name) {
    return place.get(name).asText();
  }

  private Call add(String capability, String name, Run run) {
    Call call = new Call(run);
    calls.computeIfAbsent(capability, key -> new LinkedHashMap<>()).put(name, call);
    return call;
  }

  private AuthenticationClient client(String access, String protocol) throws Exception {
    AuthenticationClientOptions options = new AuthenticationClientOptions();
    options.setAppId(text("app"));
    options.setAppSecret(text("secret"));
    options.setAppHost(text("host"));
    options.setRedirectUri(text("callback"));
    options.setScope("openid profile offline_access");
    if (protocol != null) {
      options.setProtocol(protocol);
    }
    AuthenticationClient client = new AuthenticationClient(options);
    if (access != null) {
      client.setAccessToken(access);
    }
    return client;
  }

  private AuthenticationClient client() throws Exception {
    return client(null, null);
  }

  private static Object good(Object answer) {
    JsonNode body = JSON.valueToTree(answer);
    if (body.path("statusCode").asInt() != 200) {
      throw new IllegalStateException(body.path("statusCode") + " " + body.path("message"));
    }
    return answer;
  }

  private static Map<String, String> tokens(String access, String id, String refresh) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("access", access);
    if (id != null) {
      all.put("id", id);
    }
    all.put("refresh", refresh);
    return all;
  }

  private static Map<String, String> tokens(LoginTokenRespDto answer) {
    good(answer);
    return tokens(answer.getData().getAccessToken(), answer.getData().getIdToken(), answer.getData().getRefreshToken());
  }

  private void people() {
    SignInOptionsDto options = new SignInOptionsDto();
    options.setScope("openid profile offline_access");
    add("logIn", "signInByUsernamePassword",
        w -> tokens(client().signInByUsernamePassword(w.get("account").asText(), w.get("password").asText(), options))).gives();
    add("logIn", "signInByEmailPassword",
        w -> tokens(client().signInByEmailPassword(w.get("email").asText(), w.get("password").asText(), options))).gives();
    add("logIn", "signInByPhonePassword",
        w -> tokens(client().signInByPhonePassword(w.get("phone").asText(), w.get("password").asText(), options))).gives();
    add("logIn", "signInByAccountPassword",
        w -> tokens(client().signInByAccountPassword(w.get("account").asText(), w.get("password").asText(), options))).gives();
    add("currentUser", "getProfile", w -> client(w.get("access").asText(), null).getProfile(new GetProfileDto()).getData().getUserId()).needs("access");
    add("currentUser", "getUserInfoByAccessToken", w -> client().getUserInfoByAccessToken(w.get("access").asText()).getSub()).needs("access");
    add("loginStatus", "introspectToken", w -> client().introspectToken(w.get("access").asText()).getActive()).needs("access");
    add("loginStatus", "validateToken(access)", w -> {
      ValidateTokenParams token = new ValidateTokenParams();
      token.setAccessToken(w.get("access").asText());
      return JSON.valueToTree(client().validateToken(token)).path("sub").isTextual();
    }).needs("access");
    add("loginStatus", "validateToken(id)", w -> {
      ValidateTokenParams token = new ValidateTokenParams();
      token.setIdToken(w.get("id").asText());
      return JSON.valueToTree(client().validateToken(token)).path("sub").isTextual();
    }).needs("id");
    add("loginStatus", "getLoggedInApps", w -> {
      JsonNode all = JSON.valueToTree(good(client(w.get("access").asText(), null).getLoggedInApps())).path("data");
      for (JsonNode one : all) {
        if (one.path("appId").asText().equals(text("app")) && one.path("active").asBoolean()) {
          return true;
        }
      }
      return false;
    }).needs("access");
    add("renew", "getNewAccessTokenByRefreshToken", w -> {
      var answer = client().getNewAccessTokenByRefreshToken(w.get("refresh").asText());
      return tokens(answer.getAccessToken(), answer.getIdToken(), answer.getRefreshToken());
    }).needs("refresh");
    add("logOut", "revokeToken(access)", w -> client().revokeToken(w.get("access").asText())).needs("access").reaches("access");
    add("logOut", "revokeToken(refresh)", w -> client().revokeToken(w.get("refresh").asText())).needs("refresh").reaches("access", "refresh");
  }

  private void administration() {
    // Its token is its own affair: whichever call comes first fetches it.
    add("adminToken", "checkSessionStatus, the first call", w -> { status(w); return "its own"; });
    add("activeUsers", "listApplicationActiveUsers", w -> {
      ListApplicationActiveUsersDto asked = new ListApplicationActiveUsersDto();
      asked.setAppId(text("app"));
      var answer = admin.listApplicationActiveUsers(asked);
      good(answer);
      return answer.getData().getList().stream().map(user -> user.getUserId()).collect(Collectors.toList());
    });
    add("adminStatus", "checkSessionStatus", this::status);
    add("kick", "kickUsers", w -> good(admin.kickUsers(kick(w.get("user").asText(), null))) != null);
    add("kick", "kickUsers by user name",
        w -> good(admin.kickUsers(kick(w.get("account").asText(), KickUsersOptionsDto.UserIdType.USERNAME))) != null);
    add("kick", "kickPublicAccounts", w -> {
      KickPublicAccountsDto asked = new KickPublicAccountsDto();
      asked.setAppIds(Collections.singletonList(text("app")));
      asked.setUserId(w.get("user").asText());
      return good(admin.kickPublicAccounts(asked)) != null;
    });
  }

  private Object status(JsonNode w) {
    CheckSessionStatusDto asked = new CheckSessionStatusDto();
    asked.setAppId(text("app"));
    asked.setUserId(w.get("user").asText());
    var answer = admin.checkSessionStatus(asked);
    good(answer);
    return answer.getData().getActive();
  }

  private KickUsersDto kick(String user, KickUsersOptionsDto.UserIdType kind) {
    KickUsersDto asked = new KickUsersDto();
    asked.setAppIds(Collections.singletonList(text("app")));
    asked.setUserId(user);
    if (kind != null) {
      KickUsersOptionsDto options = new KickUsersOptionsDto();
      options.setUserIdType(kind);
      asked.setOptions(options);
    }
    return asked;
  }

  private static BuildLogoutUrlParams leaving(JsonNode w, boolean hint) {
    BuildLogoutUrlParams asked = new BuildLogoutUrlParams();
    asked.setPostLogoutRedirectUri(w.get("to").asText());
    if (hint) {
      asked.setIdTokenHint(w.get("id").asText());
    }
    return asked;
  }

  private void links() {
    add("logOutLink", "buildLogoutUrl", w -> client().buildLogoutUrl(leaving(w, true))).needs("cookie", "id");
    add("logOutLink", "buildLogoutUrl of OAuth", w -> client(null, ProtocolEnum.OAUTH.getValue()).buildLogoutUrl(leaving(w, false))).needs("cookie");
    add("logOutLink", "buildLogoutUrl of CAS", w -> client(null, ProtocolEnum.CAS.getValue()).buildLogoutUrl(leaving(w, false))).needs("cookie");
    add("codeFlow", "buildAuthorizeUrl", w -> {
      IOidcParams asked = new IOidcParams();
      asked.setState(w.get("state").asText());
      asked.setScope("openid profile offline_access");
      asked.setRedirectUri(text("callback"));
      return Collections.singletonMap("url", client().buildAuthorizeUrl(asked));
    });
    add("codeFlow", "getAccessTokenByCode", w -> {
      OIDCTokenResponse answer = client().getAccessTokenByCode(w.get("code").asText());
      return tokens(answer.getAccessToken(), answer.getIdToken(), answer.getRefreshToken());
    });
  }

  private Map<String, Object> shown() {
    Map<String, Object> all = new LinkedHashMap<>();
    calls.forEach((capability, each) -> {
      Map<String, Object> named = new LinkedHashMap<>();
      each.forEach((name, call) -> named.put(name, call.shown));
      all.put(capability, named);
    });
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("sdk", "authing-java-sdk 3.1.9");
    said.put("calls", all);
    return said;
  }

  private static void say(Object value) throws Exception {
    System.out.println("@" + JSON.writeValueAsString(value));
    System.out.flush();
  }

  /** Answers line by line until its standard input ends. */
  public static void main(String[] words) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Driver driver = null;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode asked = JSON.readTree(line);
      if (asked.has("open")) {
        driver = new Driver(asked.get("open"));
        say(driver.shown());
        continue;
      }
      try {
        Call call = driver.calls.get(asked.get("call").get(0).asText()).get(asked.get("call").get(1).asText());
        say(Collections.singletonMap("answer", call.run.with(asked.path("with"))));
      } catch (Exception error) {
        say(Collections.singletonMap("refused", String.valueOf(error)));
      }
    }
  }
}
