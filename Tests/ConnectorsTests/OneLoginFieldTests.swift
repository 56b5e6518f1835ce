import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import OneLogin

@Suite("OneLogin, field by field", .everyField) struct OneLoginFieldTests {
  private static let people = ["ana", "bo", "cy", "dee", "eve"].map { "\($0)@acme.com" }

  @Test("without any one field nobody looks better, and nobody is gone")
  func oneLogin() async throws {
    var account = OneLoginAccount()
    account.users = [
      OneLoginUser(Self.people[0], id: 1, group: 77),
      OneLoginUser(Self.people[1], id: 2, group: 78),
      OneLoginUser(Self.people[2], id: 3, state: 3, group: 77),
      OneLoginUser(Self.people[3], id: 4, group: 77, trustedProvider: 9),
      OneLoginUser(Self.people[4], id: 5, group: 77),
    ]
    account.apps = [
      OneLoginApp(
        OneLoginRows.app, name: "Heroku", policy: 410, users: Array(Self.people.dropLast()))
    ]
    try await EveryField(
      vendor: .oneLogin, scenario: OneLoginRows.scenario(account),
      documented: [("/users", "/*/email")],
      // Nobody's group, no trusted provider, no policy of its own: OneLogin says null.
      documentedNulls: [
        ("/users", "/*/group_id"), ("/users", "/*/trusted_idp_id"), ("/users", "/*/email"),
        ("/apps/{app}", "/policy_id"),
      ]
    ) { bench in
      let connector = OneLoginConnector(
        configuration: OneLoginConfiguration(
          name: "onelogin", url: bench.mock[.oneLogin]?.baseURL ?? "", clientID: "1f2e3d4c5b6a",
          clientSecret: Secret(bench.mock[.oneLogin]?.token ?? ""),
          attestation: .init(
            apps: ["410": OneLoginConfiguration.Attested.none],
            groups: ["77": .enforced, "78": OneLoginConfiguration.Attested.none],
            fallback: .enforced),
          vouches: Vouch.for("trusted-idp-first", "password-reset")),
        transport: bench.transport, clock: bench.clock, logger: bench.log.logger)
      return await bench.standings(connector, apps: [String(OneLoginRows.app)], people: Self.people)
    }.check()
  }
}
