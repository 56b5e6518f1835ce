internal import IdentityCore

/// The ways in that the accounts of a tenant have: a connection each, and what that one asks for.
///
/// An account may be made of several identities (account linking): each of them gets in by itself, and the weakest counts.
struct Auth0Identities: Sendable {
  /// A connection of some account.
  struct Way: Sendable, Hashable {
    var connection: String
    /// Whether Auth0 itself takes the first factor; another provider does else.
    var isOwn: Bool
    /// The factor that goes to the same place as the first one, or as the reset of it; nil without one.
    ///
    /// - SeeAlso: <https://auth0.com/docs/authenticate/database-connections/password-change>
    var sameChannel: String?
    /// Whether the first factor is nothing but a code to that place.
    var isPasswordless = false
  }

  /// The fact that not all identities of an account are told.
  static let untold: SubjectAtom.ID = 0

  /// The connections, in the order of the facts.
  let ways: [Way]

  init(_ users: [Auth0Wire.User] = []) {
    let all = users.flatMap(\.identities).compactMap { $0 }.map(Self.way)
    ways = Set(all).sorted { left, right in
      (left.connection, left.isOwn ? 0 : 1) < (right.connection, right.isOwn ? 0 : 1)
    }
  }

  private static func way(_ identity: Auth0Wire.Identity) -> Way {
    let provider = identity.provider.lowercased()
    return Way(
      connection: identity.connection, isOwn: identity.isOwn,
      sameChannel: ["auth0": "email", "email": "email", "sms": "sms"][provider],
      isPasswordless: provider != "auth0")
  }

  /// What policies ask of people.
  var atoms: [SubjectAtom] {
    [
      SubjectAtom(
        kind: .attribute, id: "identities=?", name: "has identities that are not told",
        isPartial: true)
    ]
      + ways.map {
        SubjectAtom(
          kind: .attribute, id: "connection=\($0.connection)",
          name: "signs in through connection \($0.connection)")
      }
  }

  /// The facts about a user.
  func places(of user: Auth0Wire.User) -> Set<SubjectAtom.ID> {
    Set(
      user.identities.map { identity in
        guard let identity, let place = ways.firstIndex(of: Self.way(identity)) else {
          return Self.untold
        }
        return place + 1
      })
  }

  /// What other providers know a user by.
  static func links(of user: Auth0Wire.User) -> [AccountLink] {
    user.identities.compactMap { $0 }.filter { !$0.isOwn }.map {
      AccountLink(upstream: $0.connection, subject: $0.user)
    }
  }

  /// The first factor of a sign-in: whichever of their ways in people take.
  func firstFactor(_ model: inout SignInModel) -> SignInPolicy {
    model.atoms = atoms
    model.unknowns.append(
      Unknown(
        title: "through which connections the person signs in",
        remedy: "run again; if it stays, look at the identities of the user in Auth0",
        key: "identities"))
    var parts = [
      Self.door(Self.untold, .demand(.unknown(model.unknowns.count - 1), by: nil))
    ]
    for (place, way) in ways.enumerated() {
      model.rules.append(
        RuleReference(
          policyID: way.connection, policyName: "connection \(way.connection)",
          ruleID: way.connection, ruleName: "connection \(way.connection)",
          demand: way.isOwn
            ? "asks for one factor" : "leaves the first factor to its identity provider"))
      let rule = model.rules.count - 1
      if way.isOwn {
        parts.append(Self.door(place + 1, .demand(.singleFactor, by: rule)))
      } else {
        model.upstreams.append(Upstream(name: way.connection, keys: [way.connection]))
        parts.append(Self.door(place + 1, .upstream(model.upstreams.count - 1, by: rule)))
      }
    }
    return .any(parts)
  }

  /// The sign-ins where the second factor goes where the first one, or its reset, does.
  ///
  /// Whoever has a verified address may choose the factor `email`, enrolled or not; Auth0 says that it is no true factor beside
  /// a password.
  /// - SeeAlso: <https://auth0.com/docs/secure/multi-factor-authentication/multi-factor-authentication-factors/configure-email-notifications-for-mfa>
  func sameChannel(
    _ factors: [String], _ second: SignInPolicy, _ model: inout SignInModel
  ) -> SignInPolicy {
    var branches: [SignInPolicy.Branch] = []
    for (place, way) in ways.enumerated() {
      guard let channel = way.sameChannel, factors.contains(channel) else { continue }
      let name = "\(channel == "email" ? "inbox" : "telephone") that gets both codes"
      let known = model.variables.firstIndex { $0.name == name }
      if known == nil { model.variables.append(Variable(name: name, values: ["no", "yes"])) }
      model.rules.append(
        RuleReference(
          policyID: way.connection, policyName: "connection \(way.connection)",
          ruleID: "\(way.connection) \(channel)", ruleName: "factor \(channel)",
          demand: way.isPasswordless
            ? "sends both codes to one place"
            : "sends the code where the password is reset"))
      let isOnly = way.isPasswordless && factors.allSatisfy { $0 == channel }
      let chosen = Condition.variable(known ?? model.variables.count - 1, in: [1])
      let fact = Condition.subject(place + 1)
      branches.append(
        .init(
          isOnly ? fact : .all([fact, chosen]),
          .demand(.singleFactor, by: model.rules.count - 1)))
    }
    return branches.isEmpty ? second : .firstMatch(branches, otherwise: second)
  }

  /// A way in of those for whom a fact holds.
  private static func door(_ fact: SubjectAtom.ID, _ policy: SignInPolicy) -> SignInPolicy {
    .firstMatch([.init(.subject(fact), policy)], otherwise: .demand(.refused, by: nil))
  }
}
