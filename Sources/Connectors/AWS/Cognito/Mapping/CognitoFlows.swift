internal import IdentityCore

/// The ways that an app client lets people of the pool itself sign in.
///
/// - SeeAlso: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html>
struct CognitoFlows: Sendable, Hashable {
  /// A way, in the words of a witness.
  enum Way: Sendable, Hashable {
    case password
    case custom
    case passkey
    case code(String)
    case unknown(String)

    var words: String {
      switch self {
      case .password: "password"
      case .custom: "custom authentication"
      case .passkey: "passkey"
      case .code(let channel): "one-time code by \(channel)"
      case .unknown(let flow): flow
      }
    }
  }

  /// The ways, the password first.
  let ways: [Way]
  /// The flows as the client names them, or the defaults.
  let names: [String]

  private static let defaults = [
    "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH",
  ]
  private static let passwords: Set<String> = [
    "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH",
  ]

  init(_ client: CognitoWire.Client, _ pool: CognitoWire.Pool) {
    names = client.flows.flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaults
    var found: Set<Way> = []
    var ways: [Way] = []
    func add(_ way: Way) { if found.insert(way).inserted { ways.append(way) } }
    // The managed login page shows the password form when the pool is among the client's providers. Without it the
    // flows of the API still work: only a firewall could stop them.
    if client.identityProviders.map({ $0.contains("COGNITO") }) == true { add(.password) }
    for name in names {
      switch name {
      case "ALLOW_REFRESH_TOKEN_AUTH": break
      case "ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY":
        // Without the function that defines the challenges the flow leads nowhere.
        switch pool.definesChallenges {
        case .yes: add(.custom)
        case .no: break
        case .unknown: add(.unknown("custom authentication, whose functions are not shown,"))
        }
      case "ALLOW_USER_AUTH":
        for factor in pool.firstFactors ?? ["PASSWORD"] { add(Self.way(factor)) }
        // The pool lists what may come first wherever a choice can be made.
        if pool.firstFactors == nil { add(.unknown("a first factor that the pool does not list")) }
      default: add(Self.passwords.contains(name) ? .password : .unknown("flow \(name)"))
      }
    }
    self.ways = ways.filter { $0 == .password } + ways.filter { $0 != .password }
  }

  private static func way(_ firstFactor: String) -> Way {
    switch firstFactor {
    case "PASSWORD": .password
    case "WEB_AUTHN": .passkey
    case "EMAIL_OTP": .code("e-mail")
    case "SMS_OTP": .code("text message")
    default: .unknown("first factor \(firstFactor)")
    }
  }
}
