import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import TestSupport
import Testing

@testable import AWS

/// The connectors against moto, which computes signatures with AWS's own library and enforces policies.
@Suite("Against an independent AWS") struct MotoTests {
  private static let ana = "ana@acme.com"

  @Test("every request is signed as AWS computes it, and the pools give their verdicts")
  func verdicts() async throws {
    try await Self.run { moto, bench in
      let pools: [(MotoServer.Pool, Verdict)] = [
        (moto.on, .enforced), (moto.optional, .notEnforced), (moto.off, .notEnforced),
      ]
      for (pool, verdict) in pools {
        let door = await OneDoor.read(
          Self.cognito(moto, bench) { $0.userPool = pool.pool }, app: pool.client,
          people: [Self.ana])
        #expect(door.provider.source.isComplete, "\(door.provider.source.issues)")
        #expect(door.record(Self.ana).verdict == verdict, "\(door.record(Self.ana).reason)")
      }
      // 151 people in pages of 60, and the pool found by its client.
      let whole = await OneDoor.read(
        Self.cognito(moto, bench) { $0.userPool = nil }, app: moto.on.client,
        people: [Self.ana, "person149@acme.com"], collectFactors: true)
      #expect(whole.provider.source.fetched == 151)
      #expect(whole.record("person149@acme.com").verdict == .enforced)
      #expect(
        whole.provider.source.requestsByEndpoint["cognito-idp:ListUsers"] == 3,
        "\(whole.provider.source.requestsByEndpoint)")
    }
  }

  @Test("a wrong secret, an unknown key and a small policy are told apart")
  func refusals() async throws {
    try await Self.run { moto, bench in
      let wrong = MotoServer.Key(id: moto.key.id, secret: "wrong" + moto.key.secret)
      let unknown = MotoServer.Key(id: "AKIAUNKNOWN000000000", secret: moto.key.secret)
      let cases: [(MotoServer.Key, String, String)] = [
        (wrong, "unauthorised", "SignatureDoesNotMatch"),
        (unknown, "unauthorised", "InvalidClientTokenId"), (moto.weak, "forbidden", "AccessDenied"),
      ]
      for (key, code, word) in cases {
        let connector = Self.cognito(moto, bench) {
          $0.userPool = moto.on.pool
          $0.access = AWSAccess(keyID: key.id, secret: Secret(key.secret))
        }
        let door = await OneDoor.read(connector, app: moto.on.client, people: [Self.ana])
        #expect(door.record(Self.ana).verdict == .cannotTell)
        let issues = door.provider.source.issues
        #expect(
          issues.contains { $0.code == code && $0.message.contains(word) }, "\(key.id): \(issues)")
        #expect(!"\(issues)".contains(key.secret))
      }
    }
  }

  @Test("a role is taken on, and its session token signed")
  func role() async throws {
    try await Self.run { moto, bench in
      let connector = Self.cognito(moto, bench) {
        $0.userPool = moto.off.pool
        $0.access.role = AWSAccess.Role(arn: moto.role)
        $0.access.tokenURL = moto.url
      }
      let door = await OneDoor.read(connector, app: moto.off.client, people: [Self.ana])
      #expect(door.provider.source.isComplete, "\(door.provider.source.issues)")
      #expect(door.record(Self.ana).verdict == .notEnforced)
      #expect(door.provider.source.requestsByEndpoint["sts:AssumeRole"] == 1)
    }
  }

  @Test("the credential report is read; without a simulator nobody can tell")
  func users() async throws {
    try await Self.run { moto, bench in
      let connector = IAMConnector(
        configuration: IAMConfiguration(
          name: "iam", url: moto.url, access: Self.access(moto), emailDomain: "acme.com"),
        transport: bench.transport, clock: { Timestamp(Date()) }, logger: bench.log.logger)
      let door = await OneDoor.read(
        connector, app: moto.account, people: [Self.ana, "nobody@acme.com"], collectFactors: true)
      let record = door.record(Self.ana)
      // moto has no policy simulator.
      #expect(record.verdict == .cannotTell)
      #expect(record.reason.contains("iam:SimulatePrincipalPolicy"), "\(record.reason)")
      #expect(record.enrolled == .yes)
      #expect(record.factors == [.totp])
      // Nor does it list credentials of single services, so nobody is known to have none.
      #expect(door.record("nobody@acme.com").verdict == .cannotTell)
    }
  }

  private static func access(_ moto: MotoServer.Account) -> AWSAccess {
    AWSAccess(keyID: moto.key.id, secret: Secret(moto.key.secret))
  }

  private static func cognito(
    _ moto: MotoServer.Account, _ bench: Bench, _ change: (inout CognitoConfiguration) -> Void
  ) -> CognitoConnector {
    var configuration = CognitoConfiguration(
      name: "cognito", url: moto.url, region: "eu-west-1", access: access(moto))
    change(&configuration)
    return CognitoConnector(
      configuration: configuration, transport: bench.transport, clock: { Timestamp(Date()) },
      logger: bench.log.logger)
  }

  private static func run(
    _ body: (MotoServer.Account, Bench) async throws -> Void
  ) async throws {
    try await Bench.run(Scenario()) { bench in
      let moto = try await MotoServer.start()
      try await body(moto.account, bench)
      withExtendedLifetime(moto) {}
    }
  }
}
