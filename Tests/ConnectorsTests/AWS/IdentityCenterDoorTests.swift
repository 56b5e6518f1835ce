import IdentityCore
import MockIdP
import Testing

@testable import AWS
@testable import ConnectorKit

/// The doors of Identity Center that no API shows.
@Suite("Identity Center: doors and modifiers") struct IdentityCenterDoorTests {
  private static let ana = "ana@acme.com"

  private func judge(
    _ vouches: [Vouch], _ source: IdentityCenterConfiguration.IdentitySource = .directory,
    _ mode: IdentityCenterConfiguration.Mode? = .alwaysOn
  ) async throws -> (record: MemberRecord, states: [String: InventoryEntry.State]) {
    let scenario = Scenario.aws { $0.identityCenter = IdentityCenterInstance(people: [Self.ana]) }
    return try await Bench.run(scenario) { bench in
      let connector = bench.identityCenter {
        $0.identitySource = source
        $0.attestedMode = mode
        $0.vouches = vouches
      }
      let door = await OneDoor.read(
        connector, app: "aws-sso:ssoins-1234567890abcdef", people: [Self.ana])
      let inventory = door.provider.apps[0].inventory
      return (
        door.record(Self.ana),
        Dictionary(inventory.map { ($0.row, $0.state) }) { first, _ in first }
      )
    }
  }

  @Test("an always-on mode alone proves nothing of people without a device")
  func noDevice() async throws {
    let none = try await judge(Vouch.for("session-length"))
    #expect(none.record.verdict == .cannotTell)
    #expect(none.record.reason.contains("without a device"), "\(none.record.reason)")
    #expect(none.states["no-device"] == .unknown)
    let vouched = try await judge(Vouch.for("session-length", "no-device"))
    #expect(vouched.record.verdict == .enforced)
    #expect(vouched.states["no-device"] == .vouched)
    #expect(vouched.states["trusted-device"] == .vouched)
    #expect(vouched.states["external-idp"] == .absent)
  }

  @Test("sessions of unknown length are a sign-in without a second factor")
  func sessions() async throws {
    let record = try await judge(Vouch.for("no-device")).record
    #expect(record.verdict == .enforcedConditionally)
    #expect(record.witness?.contains("portal session") == true, "\(record.witness ?? "")")
  }

  @Test("a mode that asks nobody stays not-enforced, whatever is vouched for")
  func never() async throws {
    let all = IdentityCenterDoors.allCases.map(\.row.id).flatMap { Vouch.for($0) }
    let (record, states) = try await judge(all, .directory, .never)
    #expect(record.verdict == .notEnforced)
    #expect(states["no-device"] == .closed)
    #expect(states["mfa-mode"] == .vouched)
  }

  @Test("behind an external provider the directory's settings do not exist")
  func external() async throws {
    let (record, states) = try await judge(Vouch.for("session-length"), .external, nil)
    #expect(record.verdict == .cannotTell)
    for row in ["mfa-mode", "no-device", "trusted-device", "password-reset"] {
      #expect(states[row] == .absent, "\(row)")
    }
    #expect(states["external-idp"] == .judged)
    #expect(Set(states.keys) == Set(IdentityCenterDoors.allCases.map(\.row.id)))
  }

  @Test("ids of another issuer contradict the built-in directory, unless vouched for by its name")
  func contradiction() async throws {
    let issuer = "https://corp.example/saml"
    let scenario = Scenario.aws {
      $0.identityCenter = IdentityCenterInstance(people: [Self.ana, "bo@acme.com"])
      $0.identityCenter?.issuers = ["bo@acme.com": [issuer]]
    }
    try await Bench.run(scenario) { bench in
      let cases: [(String?, Verdict)] = [
        (nil, .cannotTell), ("https://other", .cannotTell), (issuer, .enforced),
      ]
      for (object, verdict) in cases {
        var vouches = Vouch.for("session-length", "no-device")
        if let object {
          vouches += Vouch.for("identity-source").map {
            var vouch = $0
            vouch.object = object
            return vouch
          }
        }
        let fixed = vouches
        let connector = bench.identityCenter {
          $0.identitySource = .directory
          $0.attestedMode = .alwaysOn
          $0.vouches = fixed
        }
        let door = await OneDoor.read(
          connector, app: "aws-sso:ssoins-1234567890abcdef", people: [Self.ana])
        #expect(door.record(Self.ana).verdict == verdict, "\(object ?? "")")
      }
    }
  }

  @Test("people whom another issuer provisions do not end a finding by the built-in directory")
  func contradictionLater() async throws {
    let scenario = Scenario.aws { $0.identityCenter = IdentityCenterInstance(people: [Self.ana]) }
    let app = "aws-sso:ssoins-1234567890abcdef"
    try await Bench.run(scenario) { bench in
      func read(_ mode: IdentityCenterConfiguration.Mode) async -> ConformanceReading {
        let connector = bench.identityCenter {
          $0.identitySource = .directory
          $0.attestedMode = mode
          $0.vouches = Vouch.for("session-length", "no-device")
        }
        return await ConformanceReading(of: connector, app: app, people: [Self.ana])
      }
      let records = try await read(.never).reconciled().records
      #expect(records[Self.ana]?.verdict == .notEnforced)
      await bench.mock.update {
        $0[AWSAccount.self].identityCenter?.issuers = [Self.ana: ["https://corp.example/saml"]]
      }
      let next = try await read(.alwaysOn).reconciled(with: records).records
      #expect(next[Self.ana]?.verdict == .cannotTell)
    }
  }

  @Test("what the configuration does not say is judged as unknown")
  func unset() async throws {
    let (record, states) = try await judge(
      Vouch.for("session-length", "no-device"), .directory, nil)
    #expect(record.verdict == .cannotTell)
    #expect(states["mfa-mode"] == .judged)
    #expect(states["password-reset"] == .closed)
    #expect(states["administrators"] == .outOfScope)
  }
}
