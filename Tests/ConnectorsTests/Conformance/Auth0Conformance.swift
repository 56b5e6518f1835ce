import IdentityCore
import MockIdP

extension ConformanceCase {
  private static let people = [Auth0Bench.ana, "bo@acme.com", "gone@acme.com"]

  /// The policy is the same for everybody; who is blocked is not evaluated.
  private static let tenant = Auth0Bench.scenario {
    $0.users += [.init("bo@acme.com"), .init("gone@acme.com", blocked: true)]
    $0.actions = [.init("Log", id: "act1", code: "console.log(1)")]
    $0.rules = [.init("Old", id: "rul1", isEnabled: false, script: "function (u, c, cb) {}")]
  }

  static let auth0 = ConformanceCase(
    "Auth0", vendor: .auth0, small: tenant,
    paged: Auth0Bench.scenario {
      $0.generated = 250
      $0.actions = [.init("Log", id: "act1", code: "console.log(1)")]
    },
    empty: Auth0Bench.scenario { $0.users = [] },
    endpoints: [
      Endpoint("POST /oauth/token", required: ["access_token"]),
      Endpoint("GET /api/v2/guardian/policies"),
      Endpoint("GET /api/v2/guardian/factors", required: ["name", "enabled"]),
      Endpoint("GET /api/v2/tenants/settings", optional: ["customize_mfa_in_postlogin_action"]),
      Endpoint(
        "GET /api/v2/rules", required: ["id", "enabled", "script"],
        optional: ["name"]),
      Endpoint(
        "GET /api/v2/connections", required: ["name", "strategy"]),
      Endpoint("GET /api/v2/actions/triggers/post-login/bindings", required: ["bindings"]),
      Endpoint("GET /api/v2/actions/actions/{action}", required: ["id"], optional: ["name"]),
      // Where a client cannot be had by its id, the list of clients is asked.
      Endpoint(
        "GET /api/v2/clients/{client}", answersAbsence: true, required: ["client_id"],
        optional: ["name"]),
      Endpoint(
        "GET /api/v2/users", .list, required: ["user_id"],
        optional: ["username"]),
    ],
    capabilities: [.renewsCredential, .pagedByNumber], verdicts: [.enforced, .notEvaluated],
    untold: ["GET /api/v2/connections /*/", "GET /api/v2/clients/{client} /"]
  ) { bench in
    await ConformanceReading(
      of: try Auth0Bench.connector(bench), app: Auth0Bench.app, people: people)
  }
}
