import CurlTransport
import IdentityCore
import MockIdP
import Testing

@Suite("JumpCloud, field by field", .everyField) struct JumpCloudFieldTests {
  private static let people = ["ana", "bo", "cy", "dee", "eve"].map { "\($0)@acme.com" }

  @Test("without any one field nobody looks better, and nobody is gone")
  func jumpCloud() async throws {
    typealias J = JumpCloudOrganisations
    let scenario = J.small { organisation in
      organisation.users = Self.people.map { JumpCloudUser($0) }
      organisation.users[1].requiresMFA = true
      organisation.users[2].requiresMFA = true
      organisation.users[2].exclusion = true
      organisation.users[2].exclusionUntil = J.day(3)
      organisation.users[3].state = "SUSPENDED"
      organisation.users[3].requiresMFA = true
      organisation.users[4].requiresMFA = true
      organisation.users[4].extra = [
        "restrictedFields": [
          ["field": "password", "type": "federated_identity_provider", "id": "idp-7"]
        ]
      ]
      organisation.groups[0].members = Array(Self.people[0...2])
      organisation.groups[2].members = Self.people
      organisation.policies = [
        J.ssoMFA,
        J.policy("p2", "Watching", ["monitorOnly": true]),
        J.policy("p3", "Elsewhere", ["conditions": ["not": ["ipAddressIn": ["l1"]]]]),
      ]
    }
    try await EveryField(
      vendor: .jumpCloud, scenario: scenario,
      documented: [
        // An exception without an end is one for ever, and no targets but those named are meant.
        ("/policies", "/*/monitorOnly"), ("/policies", "/*/targets/"),
        ("/policies", "/*/conditions/"),
      ]
    ) { bench in
      await bench.standings(bench.jumpCloud(), apps: [J.app], people: Self.people)
    }.check()
  }
}
