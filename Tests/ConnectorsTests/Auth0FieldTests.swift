import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import Auth0

@Suite("Auth0, field by field", .everyField) struct Auth0FieldTests {
  private static let people = ["ana", "bo", "cy", "dee", "eve"].map { "\($0)@acme.com" }

  @Test(
    "without any one field nobody looks better, and nobody is gone",
    arguments: [true, false])
  func auth0(isStrict: Bool) async throws {
    let scenario = Auth0Bench.scenario { tenant in
      tenant.users = Self.people.map { .init($0) }
      tenant.users[1] = .init(Self.people[1], blocked: true)
      tenant.actionsChooseFactors = !isStrict
      tenant.actions = [
        .init("Log", id: "log", code: "console.log(1)"),
        .init("Ask", id: "ask", code: "api.multifactor.enable('any')"),
      ]
      if !isStrict { tenant.policies = [] }
    }
    try await EveryField(
      vendor: .auth0, scenario: scenario,
      documented: [
        // Left out of whoever was never blocked, has no address, of factors without a trial, and where it never was set.
        ("/users", "/users/*/blocked"), ("/users", "/users/*/email"),
        ("/factors", "/*/trial_expired"), ("/settings", "/customize_mfa_in_postlogin_action"),
      ]
    ) { bench in
      let connector = Auth0Connector(
        configuration: Auth0Configuration(
          name: "auth0", url: bench.mock[.auth0]?.baseURL ?? "", clientID: "mockM2M",
          clientSecret: Secret(bench.mock[.auth0]?.token ?? ""), vouches: Auth0Bench.vouched),
        transport: bench.transport, clock: bench.clock, logger: bench.log.logger)
      return await bench.standings(connector, apps: [Auth0Bench.app], people: Self.people)
    }.check()
  }
}
