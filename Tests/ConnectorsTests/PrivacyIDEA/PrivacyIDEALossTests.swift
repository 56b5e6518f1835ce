import CurlTransport
import IdentityCore
import MockIdP
import Testing

/// What privacyIDEA does not say is not taken for what would be best.
@Suite("What privacyIDEA does not say") struct PrivacyIDEALossTests {
  private static let passthru = PrivacyIDEAServers.policy("grace", ["passthru": "userstore"])

  @Test(
    "a token outside its validity is no factor",
    arguments: [
      (["validity_period_end": "2020-01-31T22:00+0100"], Tri.no),
      (["validity_period_end": "2020-01-31T22:00:00Z"], .no),
      (["validity_period_start": "2999-01-31T22:00+0000"], .no),
      (["validity_period_start": "2020-01-31T22:00+0000"], .yes),
      (["validity_period_end": "2999-01-31T22:00-0500"], .yes),
      (["validity_period_end": "sometime"], .unknown), ([:], .yes),
    ] as [([String: JSON], Tri)])
  func validity(info: [String: JSON], enrolled: Tri) async throws {
    let account = try await account { server in
      server.tokens = [PrivacyIDEAToken("ana", "totp") { $0.info = info }]
    }
    #expect(account.enrolled == enrolled)
    #expect(account.factors == (enrolled == .yes ? .totp : []))
    let verdict = try await judge { server in
      server.tokens = [PrivacyIDEAToken("ana", "spass") { $0.info = info }]
    }.verdict
    #expect(
      verdict == (enrolled == .yes ? .notEnforced : enrolled == .no ? .enforced : .cannotTell))
  }

  @Test("a simple token whose owner could not be asked for may be anybody's")
  func noOwner() async throws {
    for owner in ["**resolver error**", "ana"] {
      let record = try await judge(
        owner == "ana"
          ? Fault(
            .privacyIDEA, "GET /token/", .edited, times: nil,
            text: "/result/value/tokens/0/username", value: .null) : nil
      ) { $0.tokens = [PrivacyIDEAToken(owner, "spass")] }
      #expect(record.verdict == .cannotTell, "\(owner): \(record.verdict)")
      #expect(record.reason.contains("prove nothing beside a password"))
    }
    let other = try await judge { $0.tokens = [PrivacyIDEAToken("**resolver error**", "totp")] }
    #expect(other.verdict == .enforced)
    let nobody = try await judge { $0.tokens = [PrivacyIDEAToken("", "spass")] }
    #expect(nobody.verdict == .enforced)
  }

  @Test("a resolver that is not shown may be the one that a policy names")
  func noResolver() async throws {
    let record = try await judge(
      Fault(
        .privacyIDEA, "GET /user/", .edited, times: nil, text: "/result/value/0/resolver")
    ) {
      $0.policies = [
        PrivacyIDEAServers.policy("grace", ["passthru": "userstore"], ["resolver": ["ldap"]])
      ]
    }
    #expect(record.verdict == .cannotTell, "\(record.verdict)")
  }

  @Test("a policy that does not say whether case matters names more people and leaves out fewer")
  func noCase() async throws {
    let field = Fault(
      .privacyIDEA, "GET /policy/", .edited, times: nil,
      text: "/result/value/0/user_case_insensitive")
    for users in [["ANA"], ["*", "-ANA"]] as [[JSON]] {
      let record = try await judge(field) {
        $0.policies = [
          PrivacyIDEAServers.policy("grace", ["passthru": "userstore"], ["user": .array(users)])
        ]
      }
      #expect(record.verdict == .notEnforced, "\(users): \(record.verdict)")
    }
  }

  @Test("two conditions of one section are two, and both are told")
  func conditions() async throws {
    let record = try await judge {
      $0.policies = [
        PrivacyIDEAServers.policy(
          "grace", ["passthru": "userstore"],
          [
            "conditions": [
              ["userinfo", "groups", "contains", "new", true],
              ["userinfo", "mobile", "equals", "none", true],
            ]
          ])
      ]
    }
    #expect(record.verdict == .cannotTell)
    #expect(record.reason.contains("groups contains new"), "\(record.reason)")
    #expect(record.reason.contains("mobile equals none"), "\(record.reason)")
  }

  @Test("two conditions that differ in what missing data means are two")
  func missingData() async throws {
    let record = try await judge {
      $0.policies = [
        PrivacyIDEAServers.policy(
          "grace", ["passthru": "userstore"],
          [
            "conditions": [
              ["userinfo", "groups", "contains", "new", true, "raise_error"],
              ["userinfo", "groups", "contains", "new", true, "condition_is_true"],
            ]
          ])
      ]
    }
    #expect(record.verdict == .cannotTell)
    #expect(record.reason.contains("raise_error"), "\(record.reason)")
    #expect(record.reason.contains("condition_is_true"), "\(record.reason)")
  }

  @Test("a token of a namesake closes nothing where resolvers are not shown")
  func namesake() async throws {
    let record = try await judge {
      $0.policies = [Self.passthru]
      $0.users.append(PrivacyIDEAUser("ana", email: "other@acme.com", resolver: "sql"))
      $0.tokens = [PrivacyIDEAToken("ana", "totp") { $0.resolver = "" }]
    }
    #expect(record.verdict == .notEnforced, "\(record.verdict)")
    let alone = try await judge {
      $0.policies = [Self.passthru]
      $0.tokens = [PrivacyIDEAToken("ana", "totp") { $0.resolver = "" }]
    }
    #expect(alone.verdict == .enforcedConditionally)
  }

  @Test("a list of tokens that names one twice is read again once, and is then incomplete")
  func repeated() async throws {
    for serial in [nil, "PI0"] as [String?] {
      let scenario = PrivacyIDEAServers.small { server in
        server.tokens += (0..<1_200).map { PrivacyIDEAToken("other\($0)", "totp") }
        // Just the same row again, which moved to a later page; one with other facts is damage at once.
        if let serial {
          server.tokens[1_100] = PrivacyIDEAToken("bo", "totp") { $0.serial = serial }
        }
      }
      try await ProviderBench.run(scenario) { bench in
        let reading = await bench.read(bench.privacyIDEA(), app: PrivacyIDEAServers.app)
        #expect(reading.source.isComplete == (serial == nil), "\(reading.source.issues)")
        #expect(reading.source.requestsByEndpoint["GET /token/"] == (serial == nil ? 2 : 4))
      }
    }
  }

  // MARK: Benches

  private func read(
    _ fault: Fault? = nil, _ change: (inout PrivacyIDEAServer) -> Void
  ) async throws -> ProviderReading {
    try await ProviderBench.run(PrivacyIDEAServers.small(change)) { bench in
      await bench.mock.setFaults([fault].compactMap { $0 })
      return await bench.read(bench.privacyIDEA(), app: PrivacyIDEAServers.app)
    }
  }

  private func account(_ change: (inout PrivacyIDEAServer) -> Void) async throws -> Account {
    let reading = try await read(nil, change)
    let position = (0..<reading.accounts.count).first {
      reading.accounts[$0].email == ProviderBench.ana
    }
    return reading.accounts[try #require(position)]
  }

  private func judge(
    _ fault: Fault? = nil, _ change: (inout PrivacyIDEAServer) -> Void
  ) async throws -> MemberRecord {
    let records = ProviderBench.judge(
      try await read(fault, change), app: PrivacyIDEAServers.app)
    return try #require(records[ProviderBench.ana])
  }
}
