import ConnectorKit
import IdentityCore
import MockIdP
import Testing

@testable import PrivacyIDEA

/// The doors past privacyIDEA and what changes its question, each in two states at least.
@Suite("privacyIDEA: doors and modifiers") struct PrivacyIDEADoorTests {
  private typealias P = PrivacyIDEAServers

  private struct Outcome {
    var record: MemberRecord
    var reading: ProviderReading

    var verdict: Verdict { record.verdict }
    func state(_ row: String) -> InventoryEntry.State? {
      reading.apps.first?.inventory.first { $0.row == row }?.state
    }
    func entry(_ row: String) -> InventoryEntry? {
      reading.apps.first?.inventory.first { $0.row == row }
    }
  }

  private func judge(
    _ faults: [Fault], _ change: (inout PrivacyIDEAServer) -> Void = { _ in }
  ) async throws -> Outcome {
    try await ProviderBench.run(P.small(change)) { bench in
      await bench.mock.setFaults(faults)
      let reading = await bench.read(bench.privacyIDEA(), app: P.app)
      let records = ProviderBench.judge(reading, app: P.app)
      return Outcome(record: try #require(records[ProviderBench.ana]), reading: reading)
    }
  }

  private func judge(
    _ configure: @escaping @Sendable (inout PrivacyIDEAConfiguration) -> Void = { _ in },
    _ change: (inout PrivacyIDEAServer) -> Void
  ) async throws -> Outcome {
    try await ProviderBench.run(P.small(change)) { bench in
      let reading = await bench.read(bench.privacyIDEA(configure), app: P.app)
      let records = ProviderBench.judge(reading, app: P.app)
      return Outcome(record: try #require(records[ProviderBench.ana]), reading: reading)
    }
  }

  private static func vouch(_ entry: InventoryEntry, version: String? = nil) throws -> Vouch {
    Vouch(
      row: entry.row, object: entry.object, version: version ?? entry.version, reason: "looked at",
      author: "ciso@acme.com", until: try #require(Timestamp("2099-01-01T00:00:00Z")),
      day: "2099-01-01")
  }

  @Test("a server as recommended is enforced, and every line is accounted for")
  func reference() async throws {
    let outcome = try await judge { $0.tokens.append(PrivacyIDEAToken("ana", "totp")) }
    #expect(outcome.verdict == .enforced)
    let inventory = outcome.reading.apps.first?.inventory ?? []
    #expect(Set(inventory.map(\.row)) == Set(PrivacyIDEADoors.allCases.map(\.row.id)))
    #expect(!inventory.contains { $0.state == .unknown })
    #expect(outcome.state("front-end") == .vouched)
    #expect(outcome.state("no-user") == .closed)
  }

  @Test(
    "a token that proves nothing beside a password is no second factor",
    arguments: ["spass", "pw", "question", "applspec", "indexedsecret", "registration"])
  func simple(type: String) async throws {
    let outcome = try await judge { $0.tokens.append(PrivacyIDEAToken("ana", type)) }
    #expect(outcome.verdict == .notEnforced, "\(type): \(outcome.record.reason)")
  }

  @Test(
    "what a token asks for whose question others ask nobody knows",
    arguments: ["radius", "remote", "4eyes", "newest"])
  func strange(type: String) async throws {
    let outcome = try await judge { $0.tokens.append(PrivacyIDEAToken("ana", type)) }
    #expect(outcome.verdict == .cannotTell, "\(type): \(outcome.record.reason)")
    // It is asked of the person: somebody else's changes nothing.
    let other = try await judge { $0.tokens.append(PrivacyIDEAToken("bo", type)) }
    #expect(other.verdict == .enforced)
  }

  @Test(
    "a passkey is one factor unless it is asked who holds it, or somebody vouches for the front end"
  )
  func passkeys() async throws {
    let requirement = "webauthn_user_verification_requirement"
    for (value, expected) in [
      (nil, Verdict.cannotTell), ("preferred", .cannotTell), ("required", .enforced),
    ] as [(String?, Verdict)] {
      let outcome = try await judge {
        $0.tokens = [PrivacyIDEAToken("ana", "passkey")]
        if let value {
          $0.policies.append(P.policy("verify", .object([requirement: .string(value)])))
        }
      }
      #expect(outcome.verdict == expected, "\(value ?? "none"): \(outcome.record.reason)")
    }
    let vouched = try await judge({ $0.vouches = Vouch.for("passkeys") }) {
      $0.tokens = [PrivacyIDEAToken("ana", "passkey")]
    }
    #expect(vouched.verdict == .enforced)
    #expect(vouched.state("passkeys") == .vouched)
    let other = try await judge {
      $0.tokens = [PrivacyIDEAToken("ana", "webauthn"), PrivacyIDEAToken("bo", "passkey")]
    }
    #expect(other.verdict == .enforced)
  }

  // MARK: Whom policies mean

  @Test(
    "realms, resolvers and users are patterns for the whole name, and a dot is any letter",
    arguments: [
      (["realm": ["acm."]], Verdict.notEnforced), (["realm": ["ac"]], .enforced),
      (["realm": ["ac.*"]], .cannotTell), (["user": ["a.a"]], .notEnforced),
      (["user": ["a.na"]], .enforced), (["user": ["*", "-a.a"]], .notEnforced),
      (["resolver": ["*", "-ldap"]], .notEnforced), (["resolver": ["l.*"]], .cannotTell),
      (["resolver": ["-sql"]], .enforced),
      (["resolver": ["sql"], "check_all_resolvers": true], .cannotTell),
      (["client": ["0.0.0.0/0"]], .notEnforced),
      (["client": ["0.0.0.0/0", "-10.0.0.0/8"]], .enforcedConditionally),
    ] as [([String: JSON], Verdict)])
  func patterns(rest: [String: JSON], expected: Verdict) async throws {
    let outcome = try await judge {
      $0.policies = [P.policy("grace", ["passthru": "userstore"], .object(rest))]
    }
    #expect(outcome.verdict == expected, "\(rest): \(outcome.record.reason)")
  }

  @Test("what a RADIUS server asks people without a token for nobody knows")
  func radius() async throws {
    let outcome = try await judge { $0.policies = [P.policy("old", ["passthru": "oldvpn"])] }
    #expect(outcome.verdict == .cannotTell)
    #expect(outcome.record.reason.contains("RADIUS server oldvpn"))
  }

  @Test("a token that is not rolled out holds nobody up where its state is passed over")
  func rollout() async throws {
    for (ignores, expected) in [(false, Verdict.enforcedConditionally), (true, .notEnforced)] {
      let outcome = try await judge {
        $0.policies = [P.policy("grace", ["passthru": "userstore"])]
        if ignores {
          $0.policies.append(P.policy("more", ["passthru_ignore_rollout_state": "clientwait"]))
        }
        $0.tokens.append(PrivacyIDEAToken("ana", "push") { $0.rolloutState = "clientwait" })
      }
      #expect(outcome.verdict == expected, "\(outcome.record.reason)")
    }
  }

  // MARK: Modifiers

  @Test(
    "an earlier sign-in counts for a day and no longer",
    arguments: [
      (["auth_cache": "4h"], Verdict.enforced), (["auth_cache": "24h/10"], .enforced),
      (["auth_cache": "2d"], .enforcedConditionally),
      (["auth_cache": "soon"], .enforcedConditionally),
      (["remember_device": true], .enforcedConditionally),
      (["remember_device": true, "remember_device_validity": "1"], .enforced),
      (["remember_device": true, "remember_device_validity": 30], .enforcedConditionally),
    ] as [([String: JSON], Verdict)])
  func remembered(action: [String: JSON], expected: Verdict) async throws {
    let outcome = try await judge { $0.policies = [P.policy("cache", .object(action))] }
    #expect(outcome.verdict == expected, "\(action): \(outcome.record.reason)")
    #expect(outcome.state("remembered") == .judged)
    let noted = try await judge {
      $0.remember = .note
    } _: {
      $0.policies = [P.policy("cache", .object(action))]
    }
    #expect(noted.verdict == .enforced)
    #expect(noted.state("remembered") == .vouched)
  }

  @Test("what people may enrol themselves is part of the sign-in")
  func selfService() async throws {
    let free = try await judge { $0.userPolicies = [] }
    #expect(free.verdict == .enforcedConditionally)
    #expect(free.record.witness?.contains("enrolled by the person") == true)
    for (action, expected) in [
      ("enrollSPASS", Verdict.enforcedConditionally), ("enrollPW", .enforcedConditionally),
      ("enrollTOTP", .enforced), ("disable", .enforced),
    ] {
      let outcome = try await judge {
        $0.userPolicies = [P.policy("own", .object([action: true]), ["scope": "user"])]
      }
      #expect(outcome.verdict == expected, "\(action)")
    }
    let others = try await judge {
      $0.userPolicies = [
        P.policy("own", ["enrollSPASS": true], ["scope": "user", "realm": ["other"]])
      ]
    }
    #expect(others.verdict == .enforced)
  }

  @Test("what people may enrol is unknown where its policies are not shown: conditional")
  func selfServiceUnread() async throws {
    let outcome = try await judge([
      Fault(.privacyIDEA, "GET /policy/", .forbidden, first: 2, times: nil)
    ])
    #expect(outcome.verdict == .enforcedConditionally, "\(outcome.record.reason)")
    #expect(outcome.state("self-service") == .unknown)
    #expect(outcome.entry("self-service")?.remedy.contains("policyread") == true)
    #expect(!outcome.reading.source.isComplete)
  }

  @Test(
    "a policy that asks for less, or for somebody else, is unknown until vouched for at its version",
    arguments: [
      ("otppin", ["otppin": "none"]), ("rewriting", ["mangle": "user/(.*)/x/"]),
      ("rewriting", ["set_realm": "other"]),
    ] as [(String, [String: JSON])])
  func weaker(row: String, action: [String: JSON]) async throws {
    let change: @Sendable (inout PrivacyIDEAServer) -> Void = {
      $0.policies = [P.policy("p", .object(action))]
    }
    let outcome = try await judge { _ in
    } _: {
      change(&$0)
    }
    #expect(outcome.verdict == .cannotTell)
    let entry = try #require(outcome.entry(row))
    #expect(entry.state == .unknown)
    let vouch = try Self.vouch(entry)
    #expect(
      try await judge {
        $0.vouches = [vouch]
      } _: {
        change(&$0)
      }.verdict == .enforced)
    // The policy changed since.
    let changed = try await judge {
      $0.vouches = [vouch]
    } _: {
      change(&$0)
      $0.policies[0] = P.policy("p", .object(action), ["priority": 7])
    }
    #expect(changed.verdict == .cannotTell)
    #expect(try await judge { _ in }.state(row) == .absent)
  }

  @Test("otppin with the user store or the PIN is no sign-in with the value alone")
  func pin() async throws {
    for value in ["tokenpin", "userstore"] {
      let outcome = try await judge { $0.policies = [P.policy("p", ["otppin": .string(value)])] }
      #expect(outcome.verdict == .enforced)
      #expect(outcome.state("otppin") == .absent)
    }
  }

  @Test("event handlers: mails are harmless, a mangler and a token handler are not")
  func handlers() async throws {
    for (module, active, expected) in [
      ("UserNotification", true, Verdict.enforced), ("ResponseMangler", true, .cannotTell),
      ("RequestMangler", true, .cannotTell), ("Token", true, .cannotTell),
      ("Newest", true, .cannotTell), ("ResponseMangler", false, .enforced),
    ] {
      let outcome = try await judge {
        $0.eventHandlers = [
          ["name": "h", "handlermodule": .string(module), "active": .bool(active)]
        ]
      }
      #expect(outcome.verdict == expected, "\(module): \(outcome.record.reason)")
    }
    let refused = try await judge { $0.rights.removeAll { $0 == "eventhandling_read" } }
    #expect(refused.verdict == .cannotTell)
    #expect(refused.entry("event-handlers")?.remedy.contains("eventhandling_read") == true)
  }

  // MARK: A newer server

  @Test("a key or an action that nobody knows is named, and can be vouched for")
  func unrecognised() async throws {
    let changes: [@Sendable (inout PrivacyIDEAServer) -> Void] = [
      { $0.policies = [P.policy("p", ["passOnTuesday": true])] },
      { $0.policies = [P.policy("p", ["otppin": "userstore"], ["geo": ["DE"]])] },
    ]
    for change in changes {
      let outcome = try await judge { _ in
      } _: {
        change(&$0)
      }
      #expect(outcome.verdict == .cannotTell)
      let entry = try #require(outcome.entry("unrecognised"))
      #expect(entry.object?.hasPrefix("policy p/") == true)
      let vouch = try Self.vouch(entry)
      #expect(
        try await judge {
          $0.vouches = [vouch]
        } _: {
          change(&$0)
        }.verdict == .enforced)
      let other = try Self.vouch(entry, version: "00000000")
      #expect(
        try await judge {
          $0.vouches = [other]
        } _: {
          change(&$0)
        }.verdict == .cannotTell)
    }
  }

  @Test("no vouch lifts a verdict above what was read")
  func noLift() async throws {
    let vouches = try PrivacyIDEADoors.allCases.map {
      try Self.vouch(InventoryEntry($0.row, state: .unknown, why: ""))
    }
    let outcome = try await judge {
      $0.vouches = vouches
    } _: {
      $0.policies = [P.policy("grace", ["passthru": "userstore"])]
    }
    #expect(outcome.verdict == .notEnforced)
  }
}
