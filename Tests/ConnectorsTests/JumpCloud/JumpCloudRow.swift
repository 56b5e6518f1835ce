import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import JumpCloud

/// A situation at JumpCloud and the verdict it must give for Ana.
struct JumpCloudRow: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let expected: Verdict
  /// Parts of the witness, where there must be one.
  var witness: [String]
  /// Parts of the reason.
  var reason: [String]
  var enrolled: Tri?
  var behind: [Behind]
  var isComplete: Bool
  let change: @Sendable (inout JumpCloudOrganisation) -> Void

  init(
    _ number: String, _ situation: String, _ expected: Verdict, witness: [String] = [],
    reason: [String] = [], enrolled: Tri? = nil, behind: [Behind] = [], isComplete: Bool = true,
    _ change: @escaping @Sendable (inout JumpCloudOrganisation) -> Void = { _ in }
  ) {
    self.number = number
    self.situation = situation
    self.expected = expected
    self.witness = witness
    self.reason = reason
    self.enrolled = enrolled
    self.behind = behind
    self.isComplete = isComplete
    self.change = change
  }

  var testDescription: String { "\(number): \(situation)" }
}

/// An organisation with Ana, Bo, an application and groups that policies may mention.
enum JumpCloudOrganisations {
  static let app = "5f0000000000000000000a99"
  static let other = "5f0000000000000000000b99"

  static func small(_ change: (inout JumpCloudOrganisation) -> Void = { _ in }) -> Scenario {
    var organisation = JumpCloudOrganisation()
    organisation.users = [JumpCloudUser(ProviderBench.ana), JumpCloudUser("bo@acme.com")]
    organisation.groups = [
      JumpCloudGroup("g-svc", name: "Service accounts"),
      JumpCloudGroup("g-dev", name: "Developers"),
      JumpCloudGroup("g-app", name: "Heroku users", members: [ProviderBench.ana, "bo@acme.com"]),
    ]
    organisation.apps = [
      JumpCloudApp(app, name: "Heroku", groups: ["g-app"]), JumpCloudApp(other, name: "Wiki"),
    ]
    organisation.ipLists = [
      JumpCloudIPList("l1", name: "Office"), JumpCloudIPList("l2", name: "VPN"),
    ]
    change(&organisation)
    var scenario = Scenario()
    scenario[JumpCloudOrganisation.self] = organisation
    return scenario
  }

  /// The policy of the facts: MFA at every application for everybody but a group.
  static let ssoMFA = policy(
    "p1", "SSO MFA", ["targets": ["userGroups": ["exclusions": ["g-svc"]]]])

  /// A policy for everybody at every application that asks for MFA, with changes laid over it.
  static func policy(_ id: String, _ name: String, _ rest: JSON = [:]) -> JSON {
    let plain: JSON = [
      "id": .string(id), "name": .string(name), "type": "application", "disabled": false,
      "targets": ["users": ["inclusions": ["ALL"]], "resources": [["type": "application"]]],
      "conditions": [:], "effect": mfa,
    ]
    return plain.merging(rest)
  }

  static let mfa: JSON = effect(true)
  static let noMFA: JSON = effect(false)
  static let deny: JSON = ["action": "deny"]

  static func effect(_ isRequired: Bool) -> JSON {
    [
      "action": "allow",
      "obligations": [
        "mfa": ["required": .bool(isRequired)], "userVerification": ["requirement": "none"],
      ],
    ]
  }

  /// A policy without one of its parts.
  static func policy(_ id: String, without key: String, _ rest: JSON = [:]) -> JSON {
    var whole = policy(id, "SSO MFA", rest)
    whole[key] = nil
    return whole
  }

  /// A policy for a group instead of everybody.
  static func forGroup(_ group: String, _ rest: JSON = [:]) -> JSON {
    var whole = policy("p-\(group)", "For \(group)", rest)
    whole["targets"] = [
      "userGroups": ["inclusions": [.string(group)]], "resources": [["type": "application"]],
    ]
    return whole
  }

  /// A policy for the user portal.
  static func portal(_ effect: JSON, _ rest: JSON = [:]) -> JSON {
    var whole = policy("p-portal", "Portal", rest)
    whole["type"] = "user_portal"
    whole["targets"] = [
      "users": ["inclusions": ["ALL"]], "resources": [["type": "user_portal"]],
    ]
    whole["effect"] = effect
    return whole
  }

  /// A moment so many days from now.
  static func day(_ offset: Double) -> String {
    Date().addingTimeInterval(offset * 86_400).formatted(.iso8601)
  }
}

extension ProviderBench {
  func jumpCloud(
    _ change: (inout JumpCloudConfiguration) -> Void = { _ in }
  ) -> JumpCloudConnector {
    let endpoint = mock[.jumpCloud]
    var configuration = JumpCloudConfiguration(
      name: "jumpcloud", url: endpoint?.baseURL ?? "", apiKey: Secret(endpoint?.token ?? ""))
    // The user's own flag counts only as long as the default access policy goes by it, which no API shows.
    configuration.vouches = Vouch.for("default-policy")
    change(&configuration)
    return JumpCloudConnector(
      configuration: configuration, transport: transport, clock: clock, logger: log.logger)
  }

  /// Reads the organisation and judges Ana, whose only door it is.
  func judgeJumpCloud(
    edits: PolicyEdits = PolicyEdits(), behind: [Behind] = [],
    _ change: (inout JumpCloudConfiguration) -> Void = { _ in }
  ) async -> (record: MemberRecord, reading: ProviderReading) {
    var reading = await read(jumpCloud(change), app: JumpCloudOrganisations.app, edits: edits)
    reading.routes = behind.map {
      UpstreamRoute(
        identityProvider: $0.key, target: SignInTarget(provider: "behind", app: "\($0.verdict)"))
    }
    let door = OneDoor(
      provider: reading, app: JumpCloudOrganisations.app,
      behind: ["behind": Behind.reading([Self.ana])])
    return (door.record(Self.ana), reading)
  }
}
