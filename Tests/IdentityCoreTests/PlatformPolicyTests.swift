import Testing

@testable import IdentityCore

/// A platform that asks the same of everybody on a team, in every combination.
@Suite("Platform policies") struct PlatformPolicyTests {
  private static let tris: [Tri] = [.yes, .no, .unknown]

  @Test("every combination gives the door of the table, however the login's own factor stands")
  func table() throws {
    for requiresMFA in Self.tris {
      for requiresSSO in Self.tris {
        for kind in [RosterMember.Kind.member, .collaborator] {
          for login in Login.allCases where kind == .member || login == .unlinked {
            for demand in [Demand.multiFactor, .singleFactor] {
              for own in Self.tris {
                let verdict = try Self.judge(
                  PlatformPolicy(
                    requiresMFA: requiresMFA, requiresSSO: requiresSSO, managedProvider: "managed"),
                  kind, login, own, demand)
                let expected = Self.expected(requiresMFA, requiresSSO, login, demand)
                #expect(
                  verdict == expected,
                  "\(requiresMFA) \(requiresSSO) \(kind) \(login) \(own) \(demand)")
              }
            }
          }
        }
      }
    }
  }

  private enum Login: CaseIterable { case managed, linked, unlinked }

  /// The table again, by the worlds that the unknown leaves.
  private static func expected(
    _ requiresMFA: Tri, _ requiresSSO: Tri, _ login: Login, _ demand: Demand
  ) -> Verdict {
    let provider: Verdict = demand == .multiFactor ? .enforced : .notEnforced
    if login == .managed { return provider }
    switch requiresMFA {
    case .yes: return .enforced
    case .unknown: return .cannotTell
    case .no: break
    }
    guard login == .linked else { return .notEnforced }
    switch requiresSSO {
    case .yes: return provider
    case .no: return .notEnforced
    case .unknown: return provider == .notEnforced ? .notEnforced : .cannotTell
    }
  }

  private static func judge(
    _ policy: PlatformPolicy, _ kind: RosterMember.Kind, _ login: Login, _ own: Tri,
    _ demand: Demand
  ) throws -> Verdict {
    let now = TestTeam.now
    var roster = Roster()
    roster.append(
      RosterMember(
        email: "ana@acme.com", role: .member, kind: kind,
        federated: login == .unlinked ? .no : .yes,
        platformMFA: own,
        identityProvider: login == .unlinked ? nil : login == .managed ? "managed" : "idp"))
    var accounts = AccountTable(atomCount: 0)
    accounts.append(Account(id: "1", email: "ana@acme.com", assigned: [0]))
    let provider = ProviderReading(
      source: SourceReading(name: "okta", kind: "okta", startedAt: now, observedAt: now),
      apps: [
        ProviderApp(
          id: "app", label: "GitHub",
          state: .readable(SignInModel(policy: .demand(demand, by: nil))))
      ], accounts: accounts, hosts: ["acme.okta.com"])
    let url = "https://acme.okta.com/sso"
    let team = TeamReading(
      team: "acme", roster: roster,
      identityProviders: [
        PlatformIdentityProvider(id: "idp", entityID: url, ssoTargetURL: url),
        PlatformIdentityProvider(id: "managed", entityID: url, ssoTargetURL: url),
      ], hasIdentityProvider: .yes, saysSignIn: true, policy: policy)
    var adjudicator = Adjudicator(
      settings: TeamSettings(
        name: "acme", roster: "github", signIn: [SignInTarget(provider: "okta", app: "app")]),
      reading: team, providers: ["okta": provider], now: now)
    return adjudicator.person(0).record.verdict
  }
}
