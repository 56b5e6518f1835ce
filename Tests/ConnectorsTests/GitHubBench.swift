import CryptoExtras
import CurlTransport
import Foundation
import IdentityCore
import MockIdP

@testable import ConnectorKit
@testable import GitHub

/// Organisations of a few people, changed by tables of situations.
enum GitHubOrgs {
  static let org = "acme"
  static let ana = "ana@acme.com"
  static let issuer = "https://idp.acme.com/realms/staff"
  private static let key = try? _RSA.Signing.PrivateKey(keySize: .bits2048)
  /// The private key of an app, as PEM text; made once.
  static let privateKey = key?.pemRepresentation ?? ""
  /// An app that is installed.
  static let app = GitHubApp(
    "Iv23liAcme", installation: "4711", publicKey: key?.publicKey.pemRepresentation ?? "")
  /// What the app proves itself with.
  static let credentials = GitHubConfiguration.Credentials.app(
    clientID: "Iv23liAcme", keyPEM: Secret(privateKey), installation: "4711")

  /// An identity provider with Ana linked to it, unless she is said not to be.
  static func provider(links login: String? = "ana-acme") -> GitHubIdentityProvider {
    GitHubIdentityProvider(
      issuer: issuer, ssoURL: issuer + "/protocol/saml",
      identities: [GitHubIdentity(ana, login: login)])
  }

  static func platform(
    requires: Bool = false, hasTwoFactor: Bool = false, isInsecure: Bool = false,
    provider: GitHubIdentityProvider? = nil,
    _ change: (inout GitHubPlatform) -> Void = { _ in }
  ) -> GitHubPlatform {
    var platform = GitHubPlatform()
    platform.organisations = [
      GitHubOrganisation(
        org, requiresTwoFactor: requires,
        members: [
          GitHubPerson("root-acme", isOwner: true, hasTwoFactor: true),
          GitHubPerson("ana-acme", hasTwoFactor: hasTwoFactor, isInsecure: isInsecure, id: 501),
        ], outside: [GitHubPerson("guest")], identityProvider: provider)
    ]
    change(&platform)
    return platform
  }

  static func scenario(_ platform: GitHubPlatform, faults: [Fault] = []) -> Scenario {
    var scenario = Scenario()
    scenario[GitHubPlatform.self] = platform
    scenario.faults = faults
    return scenario
  }
}

extension Bench {
  func github(_ change: (inout GitHubConfiguration) -> Void = { _ in }) -> GitHubConnector {
    var configuration = GitHubConfiguration(
      name: "github", url: mock[.github]?.baseURL ?? "",
      credentials: .token(Secret(mock[.github]?.token ?? "")))
    change(&configuration)
    return GitHubConnector(
      configuration: configuration, transport: transport, clock: { Timestamp(Date()) },
      logger: log.logger)
  }

  /// Reads the organisation and judges everybody in it, with an identity provider behind it that asks so much.
  func judgeGitHub(
    signIn verdict: Verdict? = nil, _ change: (inout GitHubConfiguration) -> Void = { _ in }
  ) async -> (team: TeamReading, records: [String: MemberRecord]) {
    let roster = await github(change).readRoster(of: [GitHubOrgs.org], progress: .none)
    let team = roster.teams[0]
    let people = (0..<team.roster.count).map { team.roster[$0].email }
    var adjudicator = Adjudicator(
      settings: TeamSettings(
        name: GitHubOrgs.org, roster: "github",
        signIn: verdict.map { [SignInTarget(provider: "behind", app: "\($0)")] } ?? []),
      reading: team,
      providers: ["behind": Behind.reading(people, hosts: ["idp.acme.com"])], now: Self.now)
    var records: [String: MemberRecord] = [:]
    for person in 0..<adjudicator.count {
      let record = adjudicator.person(person).record
      records[record.key] = record
    }
    return (team, records)
  }
}
