import ConnectorKit
import CurlTransport
import Foundation
import IdentityCore
import MockIdP

@testable import PingOne

/// An environment of PingOne with Ana, a password before Heroku, and a device behind it.
enum PingOneBench {
  static let ana = "ana@acme.com"
  static let app = "app-heroku"
  static let devices = "GET /v1/environments/{env}/users/{user}/devices"
  static let bypasses = "GET /v1/environments/{env}/users/{user}/bypassMFA"
  static let users = "GET /v1/environments/{env}/users"

  static let login: JSON = ["type": "LOGIN"]
  static let block = mfa()
  static let bypass = mfa("BYPASS")

  /// A step for a second factor with the MFA policy of the environment.
  static func mfa(_ mode: String? = "BLOCK", when condition: JSON? = nil) -> JSON {
    var action: JSON = [
      "type": "MULTI_FACTOR_AUTHENTICATION", "deviceAuthenticationPolicy": ["id": "d1"],
    ]
    action["noDevicesMode"] = mode.map { .string($0) }
    action["condition"] = condition
    return action
  }

  static func scenario(_ change: (inout PingOneTenant) -> Void = { _ in }) -> Scenario {
    var tenant = PingOneTenant()
    tenant.users = [PingOneUser(ana), PingOneUser("bo@acme.com")]
    tenant.apps = [PingOneApp(app, name: "Heroku", policies: ["pol-1"])]
    tenant.policies = [
      PingOneSignOnPolicy("pol-0", name: "Single_Factor", isDefault: true, actions: [login]),
      PingOneSignOnPolicy("pol-1", name: "Multi_Factor", actions: [login, block]),
    ]
    tenant.devicePolicies = [
      [
        "id": "d1", "name": "Default MFA Policy", "default": true, "sms": ["enabled": true],
        "totp": ["enabled": true], "fido2": ["enabled": true], "voice": ["enabled": false],
        "email": ["enabled": false], "mobile": ["enabled": false],
      ]
    ]
    change(&tenant)
    var scenario = Scenario()
    scenario[PingOneTenant.self] = tenant
    return scenario
  }
}

extension PingOneTenant {
  /// The steps of the policy before Heroku.
  var steps: [JSON] {
    get { policies[1].actions }
    set { policies[1].actions = newValue }
  }

  /// Ana.
  var ana: PingOneUser {
    get { users[0] }
    set { users[0] = newValue }
  }
}

extension Bench {
  func pingOne(_ change: (inout PingOneConfiguration) -> Void = { _ in }) -> PingOneConnector {
    let tenant = PingOneTenant()
    var configuration = PingOneConfiguration(
      name: "pingone", url: mock[.pingOne]?.baseURL ?? "", environment: tenant.environment,
      clientID: tenant.clientID, clientSecret: Secret(mock[.pingOne]?.token ?? ""))
    change(&configuration)
    return PingOneConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }

  /// Reads the environment for some people, whose only door it is.
  func pingOneDoor(
    _ people: [String] = [PingOneBench.ana], edits: PolicyEdits = PolicyEdits(),
    collectFactors: Bool = false, behind: [Behind] = [],
    _ change: (inout PingOneConfiguration) -> Void = { _ in }
  ) async -> OneDoor {
    var reading = await pingOne(change).readProvider(
      ProviderQuery(apps: [PingOneBench.app], collectFactors: collectFactors, edits: edits) {
        WatchList(keys: people)
      }, progress: .none)
    reading.routes = behind.map {
      UpstreamRoute(
        identityProvider: $0.key, target: SignInTarget(provider: "behind", app: "\($0.verdict)"))
    }
    return OneDoor(
      provider: reading, app: PingOneBench.app, behind: ["behind": Behind.reading(people)])
  }
}
