import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import Google

@Suite("Google: every field of every page", .everyField, .serialized) struct GoogleFieldTests {
  private typealias W = Workspaces
  private static let shares = 4

  /// What Google documents: what is left out of a reply, and as what it counts then.
  private static let documented = [
    "nextPageToken": "the list ends",
    "users": "a page without rows", "members": "a page without rows",
    "policies": "a page without rows",
    "inboundSsoAssignments": "a page without rows",
    "inboundSsoAssignments.signInBehavior": "always redirected",
    "inboundSsoAssignments.signInBehavior.redirectCondition": "always redirected",
    "users.aliases": "no aliases", "users.nonEditableAliases": "no aliases",
  ]

  @Test("no missing or null field lets anybody look better", arguments: 0..<shares)
  func account(share: Int) async throws {
    let expected: [String: Verdict] = [
      "ana@acme.com": .enforced, "bo@acme.com": .notEnforced,
      "cy@acme.com": .enforcedConditionally, "dee@acme.com": .notEvaluated,
      "eve@acme.com": .notEvaluated, "fay@acme.com": .enforced, "gus@acme.com": .cannotTell,
      "hal@acme.com": .notEnforced, "ian@acme.com": .notEnforced, "jo@acme.com": .cannotTell,
      "kim@acme.com": .enforced, "lou@acme.com": .cannotTell,
    ]
    let damage = ReplyDamage()
    var account = Self.world()
    account.damage = damage
    let people = expected.keys.sorted()
    let tried = try await Bench.run(W.scenario(account)) { bench in
      let keys = people.map { EmailKey.make($0) }
      let connector = bench.google { $0.legacySSO = true }
      return try await FieldDamage(
        app: "google", people: people, strong: [W.realm], documented: Self.documented,
        damage: damage,
        read: {
          await connector.readProvider(
            ProviderQuery(apps: ["google"]) { WatchList(keys: keys) }, progress: .none)
        }
      ).run(share: share, of: Self.shares, expected: expected)
    }
    print("Google, share \(share): \(tried) damaged readings")
  }

  /// Org units, assignments to groups and units, the legacy profile, graces, administrators, people who left.
  private static func world() -> GoogleWorkspace {
    var account = GoogleWorkspace()
    account.orgUnits = ["/Own": "03own", "/Own/Sub": "03sub", "/Other": "03other"]
    func user(
      _ name: String, _ isEnforced: Bool, _ unit: String = "/Own",
      _ change: (inout GoogleUser) -> Void = { _ in }
    ) -> GoogleUser {
      GoogleUser("\(name)@acme.com", isEnforced: isEnforced, orgUnit: unit, change)
    }
    account.users = [
      user("ana", true), user("bo", false),
      user("cy", false) { $0.created = W.day(-1) },
      user("dee", true) { $0.isSuspended = true }, user("eve", true) { $0.isArchived = true },
      // Sent elsewhere: by group to one that asks, to one that nobody reads, by both doors, as administrators.
      user("fay", false), user("gus", true), user("hal", false, "/Own/Sub"),
      user("ian", false) { $0.isAdmin = true },
      // In no assignment but the legacy profile.
      user("jo", true, "/Other"),
      // In two groups, of which the better rank decides.
      user("kim", true), user("lou", true),
    ]
    account.groups = [
      GoogleGroup("Corporate", users: ["fay@acme.com", "ian@acme.com"]),
      GoogleGroup("Partners", users: ["gus@acme.com", "kim@acme.com"]),
      GoogleGroup("Home", users: ["kim@acme.com"]),
      GoogleGroup("Outer", groups: []),
      GoogleGroup("Everybody else", users: ["lou@acme.com"]),
    ]
    account.profiles = [
      W.corporate,
      GoogleProfile("0oidc", displayName: "Realm", issuer: "https://idp.acme.com/realms/oidc"),
    ]
    account.assignments = [
      GoogleAssignment("SSO_OFF", group: "Home", rank: 1),
      GoogleAssignment("SAML_SSO", group: "Corporate", rank: 2, profile: "0corp"),
      GoogleAssignment("OIDC_SSO", group: "Partners", rank: 3, profile: "0oidc"),
      GoogleAssignment("OIDC_SSO", group: "Everybody else", rank: 4, profile: "0oidc"),
      GoogleAssignment("SSO_OFF", orgUnit: "/Own"),
      GoogleAssignment(
        "SAML_SSO", orgUnit: "/Own/Sub", profile: "0corp", redirectCondition: "NEVER"),
    ]
    account.policies = [
      W.enforcement(from: "2025-03-01T00:00:00Z", orgUnit: "/Own", sortOrder: 5), W.grace,
      W.enforcement(from: "1970-01-01T00:00:00Z", sortOrder: 1),
      W.enforcement(
        from: "1970-01-01T00:00:00Z", group: "Everybody else", sortOrder: 9),
      GooglePolicy("device_trust", ["allowTrustingDevice": false]),
    ]
    account.largestPage = 5
    return account
  }
}
