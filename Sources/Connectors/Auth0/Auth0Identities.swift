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
    Way(connection: identity.connection, isOwn: identity.isOwn)
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

  /// A way in of those for whom a fact holds.
  private static func door(_ fact: SubjectAtom.ID, _ policy: SignInPolicy) -> SignInPolicy {
    .firstMatch([.init(.subject(fact), policy)], otherwise: .demand(.refused, by: nil))
  }
}
