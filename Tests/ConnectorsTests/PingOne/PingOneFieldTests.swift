import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import PingOne

@Suite("PingOne, field by field", .everyField) struct PingOneFieldTests {
  private static let people = ["ana", "bo", "cy", "dee", "eve"].map { "\($0)@acme.com" }

  @Test("without any one field nobody looks better, and nobody is gone")
  func pingOne() async throws {
    let staff: JSON = ["value": "${user.memberOfGroupIDs}", "contains": "g-staff"]
    let scenario = PingOneBench.scenario { tenant in
      tenant.steps = [
        PingOneBench.login, PingOneBench.mfa("BLOCK", when: staff),
        PingOneBench.mfa("BYPASS", when: ["not": staff]),
      ]
      tenant.users = Self.people.map { PingOneUser($0) }
      tenant.users[0].groups = ["g-staff", "g-heroku"]
      tenant.users[1].groups = ["g-heroku"]
      tenant.users[2].groups = ["g-heroku"]
      tenant.users[2].devices = [.init("TOTP")]
      tenant.users[3].groups = ["g-staff", "g-heroku"]
      tenant.users[3].accountStatus = "LOCKED"
      tenant.users[4].groups = ["g-staff"]
      tenant.apps[0].accessControl = [
        "group": ["type": "ANY_GROUP", "groups": [["id": "g-heroku"]]]
      ]
      tenant.devicePolicies[0]["rememberMe"] = PingOneRow.remember(30, "DAYS")
      tenant.largestPage = 3
    }
    try await EveryField(
      vendor: .pingOne, scenario: scenario,
      documented: [
        ("/users", "/_embedded/users/*/email"),
        // Access that is not narrowed, steps that always apply and block people without a device, browsers that are not
        // remembered: PingOne leaves these out.
        ("/applications", "/_embedded/applications/*/accessControl"),
        ("/applications", "/_embedded/applications/*/accessControl/group"),
        ("/actions", "/_embedded/actions/*/condition"),
        ("/actions", "/_embedded/actions/*/condition/"),
        ("/actions", "/_embedded/actions/*/noDevicesMode"),
        (
          "/deviceAuthenticationPolicies",
          "/_embedded/deviceAuthenticationPolicies/*/rememberMe"
        ),
      ]
    ) { bench in
      let tenant = PingOneTenant()
      let inner = PingOneConnector(
        configuration: PingOneConfiguration(
          name: "pingone", url: bench.mock[.pingOne]?.baseURL ?? "",
          environment: tenant.environment, clientID: tenant.clientID,
          clientSecret: Secret(bench.mock[.pingOne]?.token ?? "")),
        transport: bench.transport, clock: bench.clock, logger: bench.log.logger)
      return await bench.standings(inner, apps: [PingOneBench.app], people: Self.people)
    }.check()
  }
}
