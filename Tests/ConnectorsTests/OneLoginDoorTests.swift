import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import OneLogin

/// The doors of OneLogin that no API shows: nothing is proven until somebody vouches, and no longer than that.
@Suite("OneLogin: doors that nobody can read")
struct OneLoginDoorTests {
  private static let both = ["trusted-idp-first", "password-reset"]

  private func verdict(
    _ vouches: [Vouch]
  ) async throws -> (record: MemberRecord?, issues: [SourceIssue]) {
    try await Bench.run(OneLoginRows.scenario(OneLoginRows.account(policy: 410))) { bench in
      let record = await bench.judgeOneLogin(vouches: vouches) {
        $0.attestation = .init(apps: ["410": .enforced])
      }
      var configuration = bench.oneLogin().configuration
      configuration.vouches = vouches
      let app = String(OneLoginRows.app)
      let reading = await bench.oneLogin { $0 = configuration }.readProvider(
        ProviderQuery(apps: [app]) { WatchList(keys: [OneLoginRows.ana]) }, progress: .none)
      return (record, reading.source.issues)
    }
  }

  private func vouch(
    _ row: String, app: AppID? = nil, object: String? = nil, version: String? = nil,
    until: String = "2099-01-01T00:00:00Z"
  ) throws -> Vouch {
    Vouch(
      row: row, app: app, object: object, version: version, reason: "looked at",
      author: "ciso@acme.com", until: try #require(Timestamp(until)),
      day: String(until.prefix(10)))
  }

  @Test("nobody vouches: an enforced policy proves nothing beside doors that nobody knows")
  func none() async throws {
    let (record, _) = try await verdict([])
    #expect(record?.verdict == .cannotTell)
    #expect(record?.reason.contains("trusted identity provider") == true)
    #expect(record?.judgement.deciding?.inventory.filter { $0.state == .unknown }.count == 2)
  }

  @Test("one door of two vouched for is one door too few", arguments: both)
  func half(row: String) async throws {
    #expect(try await verdict([vouch(row)]).record?.verdict == .cannotTell)
  }

  @Test("both vouched for: enforced, and the proof says who vouches and until when")
  func whole() async throws {
    let (record, issues) = try await verdict(Self.both.map { try vouch($0) })
    #expect(record?.verdict == .enforced)
    #expect(issues.isEmpty)
    let door = try #require(
      record?.judgement.deciding?.inventory.first { $0.row == "password-reset" })
    #expect(door.state == .vouched)
    #expect(door.why == "looked at, says ciso@acme.com, until 2099-01-01")
  }

  @Test("a vouch that ended, of another application, thing or version counts for nothing")
  func void() async throws {
    let good = try vouch("password-reset")
    let other = "trusted-idp-first"
    for wrong in [
      try vouch(other, until: "2020-01-01T00:00:00Z"), try vouch(other, app: "9999"),
      try vouch(other, object: "something"), try vouch(other, version: "00000000"),
    ] {
      #expect(try await verdict([good, wrong]).record?.verdict == .cannotTell, "\(wrong)")
    }
    let ended = try await verdict([good, vouch(other, until: "2020-01-01T00:00:00Z")])
    #expect(ended.issues.map(\.code) == ["vouch-void"])
    #expect(ended.issues.first?.message.contains("until 2020-01-01") == true)
    let changed = try await verdict([good, vouch(other, version: "00000000")])
    #expect(changed.issues.map(\.code) == ["vouch-void"])
  }

  @Test("a vouch lifts no verdict above what was read")
  func noLift() async throws {
    try await Bench.run(OneLoginRows.scenario(OneLoginRows.account(policy: 410))) { bench in
      let rows = OneLoginDoors.allCases.map(\.row.id)
      let record = await bench.judgeOneLogin(vouches: try rows.map { try vouch($0) }) {
        $0.attestation = .init(
          apps: ["410": OneLoginConfiguration.Attested.none],
          fallback: OneLoginConfiguration.Attested.none)
      }
      #expect(record?.verdict == .notEnforced)
    }
  }
}
