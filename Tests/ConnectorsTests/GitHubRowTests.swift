import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import GitHub

/// A situation at GitHub and the verdict it must give for one person.
struct GitHubRow: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let platform: GitHubPlatform
  /// By address, or by login where nobody is linked.
  var person = "ana-acme"
  /// What the identity provider behind asks for; nil when the team names none.
  var signIn: Verdict?
  let expected: Verdict
  var code: ReasonCode?
  var says: [String] = []
  var enrolled: Tri?
  var findings: FindingSet?
  var isComplete = true
  var github: @Sendable (inout GitHubConfiguration) -> Void = { _ in }

  var testDescription: String { "\(number): \(situation)" }
}

@Suite("GitHub verdicts, row by row") struct GitHubRowTests {
  @Test("every situation of the table gives its verdict", arguments: GitHubRows.all)
  func row(_ row: GitHubRow) async throws {
    try await Bench.run(GitHubOrgs.scenario(row.platform)) { bench in
      let (team, records) = await bench.judgeGitHub(signIn: row.signIn, row.github)
      let record = try #require(records[row.person], "\(records.keys.sorted())")
      #expect(record.verdict == row.expected, "\(record.reason)")
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      for part in row.says { #expect(record.reason.contains(part), "\(record.reason)") }
      if let enrolled = row.enrolled { #expect(record.enrolled == enrolled) }
      if let findings = row.findings {
        #expect(record.findings.isSuperset(of: findings), "\(record.findings)")
      }
      #expect(team.isComplete == row.isComplete, "\(team.issues)")
    }
  }

  @Test("7: partial results are no pass, and nobody is gone")
  func partialResults() async throws {
    var platform = GitHubOrgs.platform(requires: true, hasTwoFactor: true)
    try await Bench.run(GitHubOrgs.scenario(platform)) { bench in
      let whole = try await ConformanceReading(of: bench.github(), team: GitHubOrgs.org)
      let before = try whole.reconciled().records
      #expect(before["ana-acme"]?.verdict == .enforced)
      platform.organisations[0].hasPartialResults = true
      let partial = platform
      await bench.mock.update { $0[GitHubPlatform.self] = partial }
      let bad = try await ConformanceReading(of: bench.github(), team: GitHubOrgs.org)
      #expect(!bad.source.isComplete)
      #expect(bad.source.issues.contains { $0.remedy.contains("single sign-on") })
      #expect(try bad.reconciled().records["ana-acme"]?.verdict == .cannotTell)
      #expect(try bad.reconciled(with: before).changes.allSatisfy { $0.kind != .removed })
    }
  }
}

enum GitHubRows {
  private typealias G = GitHubOrgs

  static let all = table + doors

  private static let enforced: @Sendable (inout GitHubConfiguration) -> Void = {
    $0.saml = .enforced
  }

  private static let managed: @Sendable (inout GitHubConfiguration) -> Void = {
    $0.shortcode = "acme"
    $0.enterprise = "acme-inc"
  }

  /// An organisation of managed users, whose provider belongs to the enterprise.
  private static let managedPlatform = G.platform {
    $0.organisations[0].members[1] = GitHubPerson("ana_acme", id: 501)
    $0.enterprises["acme-inc"] = G.provider(links: "ana_acme")
  }

  /// An organisation whose provider belongs to its enterprise.
  private static let enterprisePlatform = G.platform {
    $0.enterprises["acme-inc"] = G.provider()
  }

  private static let table: [GitHubRow] = [
    GitHubRow(
      number: "1", situation: "two-factor authentication is required",
      platform: G.platform(requires: true, hasTwoFactor: true), expected: .enforced,
      code: .platformLogin, enrolled: .yes),
    GitHubRow(
      number: "2", situation: "not required, but on by choice",
      platform: G.platform(hasTwoFactor: true), expected: .notEnforced,
      code: .secondFactorOptional, says: ["by choice"], enrolled: .yes,
      findings: FindingSet(.mfaNotEnforced)),
    GitHubRow(
      number: "3", situation: "the requirement is not shown to who is no owner",
      platform: G.platform(hasTwoFactor: true) {
        $0.tokens[0].isOwner = false
      }, expected: .cannotTell, code: .policyUnknown, isComplete: false,
      github: { $0.saml = GitHubConfiguration.SAML.none }),
    GitHubRow(
      number: "4", situation: "SAML is required, she is linked, the provider asks for two factors",
      platform: G.platform(provider: G.provider()), person: G.ana, signIn: .enforced,
      expected: .enforced, code: .policyEnforces, github: enforced),
    GitHubRow(
      number: "5", situation: "an outside collaborator, SAML is required",
      platform: G.platform(provider: G.provider()), person: "guest", signIn: .enforced,
      expected: .notEnforced, code: .outsideSSO, findings: FindingSet(.outsideSSO),
      github: enforced),
    GitHubRow(
      number: "6", situation: "SAML is required, her identity is not linked",
      platform: G.platform(provider: G.provider(links: nil)), signIn: .enforced,
      expected: .notEnforced, code: .outsideSSO, github: enforced),
    GitHubRow(
      number: "8", situation: "required, and she has a text message only",
      platform: G.platform(requires: true, hasTwoFactor: true, isInsecure: true),
      expected: .enforced, findings: FindingSet(.weakFactorsOnly)),
    GitHubRow(
      number: "9", situation: "a managed user, the provider asks for two factors",
      platform: managedPlatform, person: G.ana, signIn: .enforced, expected: .enforced,
      code: .policyEnforces, github: managed),
  ]

  private static let doors: [GitHubRow] = [
    GitHubRow(
      number: "1a", situation: "required, and she has no second factor: kept out",
      platform: G.platform(requires: true), expected: .enforced,
      says: ["access-blocked-until-2fa"], enrolled: .no, findings: FindingSet(.notEnrolled)),
    GitHubRow(
      number: "1b", situation: "required, and she is linked as well",
      platform: G.platform(requires: true, hasTwoFactor: true, provider: G.provider()),
      person: G.ana, signIn: .notEnforced, expected: .enforced, github: enforced),
    GitHubRow(
      number: "1c", situation: "required, an outside collaborator",
      platform: G.platform(requires: true), person: "guest", expected: .enforced),
    GitHubRow(
      number: "2a", situation: "not required, and off", platform: G.platform(),
      expected: .notEnforced, code: .noSecondFactor, enrolled: .no, findings: FindingSet(.noMFA)),
    GitHubRow(
      number: "4a", situation: "SAML is required, she is linked, the provider asks for one factor",
      platform: G.platform(hasTwoFactor: true, provider: G.provider()), person: G.ana,
      signIn: .notEnforced, expected: .notEnforced, code: .policySingleFactor, github: enforced),
    GitHubRow(
      number: "4b", situation: "SAML may be passed by: two doors",
      platform: G.platform(hasTwoFactor: true, provider: G.provider()), person: G.ana,
      signIn: .enforced, expected: .notEnforced, code: .outsideSSO,
      github: { $0.saml = .optional }),
    GitHubRow(
      number: "4c", situation: "nobody says whether SAML is required",
      platform: G.platform(provider: G.provider()), person: G.ana, signIn: .enforced,
      expected: .cannotTell, code: .policyUnknown, says: ["configuration has to say"]),
    GitHubRow(
      number: "4d", situation: "nobody says, but the provider asks for one factor anyway",
      platform: G.platform(provider: G.provider()), person: G.ana, signIn: .notEnforced,
      expected: .notEnforced),
    GitHubRow(
      number: "4e", situation: "SAML is required, and the team names no provider",
      platform: G.platform(provider: G.provider()), person: G.ana, expected: .cannotTell,
      code: .notConfigured, github: enforced),
    GitHubRow(
      number: "4f", situation: "SAML is required at another provider than the team's",
      platform: G.platform(
        provider: GitHubIdentityProvider(
          issuer: "https://other.example.com", ssoURL: "https://other.example.com/sso",
          identities: [GitHubIdentity(G.ana, login: "ana-acme")])),
      person: G.ana, signIn: .enforced, expected: .cannotTell, code: .identityProviderUnknown,
      github: enforced),
    GitHubRow(
      number: "4g", situation: "an address by SCIM where the name id is none",
      platform: G.platform(
        provider: GitHubIdentityProvider(
          issuer: G.issuer, ssoURL: G.issuer + "/protocol/saml",
          identities: [GitHubIdentity("u-17", login: "ana-acme", scimUserName: G.ana)])),
      person: G.ana, signIn: .enforced, expected: .enforced, github: enforced),
    GitHubRow(
      number: "4h", situation: "linked by the login alone, in another spelling",
      platform: G.platform(
        provider: GitHubIdentityProvider(
          issuer: G.issuer, ssoURL: G.issuer + "/protocol/saml",
          identities: [GitHubIdentity(G.ana, login: "Ana-Acme", hasUserID: false)])),
      person: G.ana, signIn: .enforced, expected: .enforced, github: enforced),
    GitHubRow(
      number: "4i",
      situation: "SAML is required, and the provider belongs to an unnamed enterprise",
      platform: enterprisePlatform, signIn: .enforced, expected: .cannotTell,
      code: .identityProviderUnknown, says: ["enterprise"], github: enforced),
    GitHubRow(
      number: "4j", situation: "SAML is required, the provider belongs to a named enterprise",
      platform: enterprisePlatform, person: G.ana, signIn: .enforced, expected: .enforced,
      github: {
        $0.saml = .enforced
        $0.enterprise = "acme-inc"
      }),
    GitHubRow(
      number: "4k", situation: "an outside collaborator where the provider is not shown",
      platform: enterprisePlatform, person: "guest", signIn: .enforced, expected: .notEnforced,
      github: enforced),
    GitHubRow(
      number: "9a", situation: "a managed user whose provider is not readable",
      platform: managedPlatform, person: "ana_acme", signIn: .enforced, expected: .enforced,
      github: { $0.shortcode = "acme" }),
    GitHubRow(
      number: "9b", situation: "a managed user, and the provider asks for one factor",
      platform: managedPlatform, person: G.ana, signIn: .notEnforced, expected: .notEnforced,
      github: managed),
  ]
}
