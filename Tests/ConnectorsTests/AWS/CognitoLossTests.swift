import IdentityCore
import MockIdP
import Testing

/// What Cognito does not say is not taken for what would be best.
@Suite("What Cognito does not say") struct CognitoLossTests {
  private static let ana = "ana@acme.com"

  @Test("a client that names neither a flow nor a provider has a way in that is not shown")
  func noDoor() async throws {
    for providers in [nil, []] as [[String]?] {
      let record = try await judge { pool in
        pool.clients[0].flows = ["ALLOW_REFRESH_TOKEN_AUTH"]
        pool.clients[0].identityProviders = providers
      }
      #expect(record.verdict == .cannotTell, "\(record.verdict) \(record.reason)")
      #expect(record.reason.contains("ExplicitAuthFlows"))
    }
  }

  @Test("a pool that does not show its functions, or what may come first, may have a weaker way")
  func missing() async throws {
    let functions = try await judge(
      Fault(
        .aws, "cognito-idp:DescribeUserPool", .edited, times: nil,
        text: "/UserPool/LambdaConfig")
    ) { $0.clients[0].flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"] }
    #expect(functions.verdict == .enforcedConditionally, "\(functions.reason)")
    let first = try await judge {
      $0.clients[0].flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"]
    }
    #expect(first.verdict == .enforcedConditionally, "\(first.reason)")
    let none = try await judge { $0.clients[0].flows = ["ALLOW_USER_SRP_AUTH"] }
    #expect(none.verdict == .enforced, "\(none.reason)")
  }

  @Test("two answers that differ on MFA leave it open")
  func contradiction() async throws {
    let record = try await judge { $0.describedMFA = "OPTIONAL" }
    #expect(record.verdict == .cannotTell, "\(record.verdict)")
    #expect(record.reason.contains("ON and OPTIONAL"), "\(record.reason)")
  }

  @Test(
    "MFA settings that are refused leave the source incomplete only where a passkey hangs on them")
  func refusedSettings() async throws {
    for (first, isComplete) in [(["PASSWORD"], true), (["PASSWORD", "WEB_AUTHN"], false)] {
      let scenario = Scenario.aws {
        $0.denied = ["cognito-idp:GetUserPoolMfaConfig"]
        $0.userPools = [
          AWSRow.pool {
            $0.passkeys = "SINGLE_FACTOR"
            $0.firstFactors = first
            $0.clients[0].flows = ["ALLOW_USER_AUTH"]
          }
        ]
      }
      try await Bench.run(scenario) { bench in
        let door = await OneDoor.read(bench.cognito(), app: Bench.client, people: [Self.ana])
        #expect(door.provider.source.isComplete == isComplete, "\(door.provider.source.issues)")
      }
    }
  }

  @Test("the app is linked to its pool, and a watched user name keeps the account")
  func link() async throws {
    let scenario = Scenario.aws { $0.userPools = [AWSRow.pool { $0.users[0].email = nil }] }
    try await Bench.run(scenario) { bench in
      let name = await bench.mock.scenario()[AWSAccount.self].userPools[0].users[0].name
      let door = await OneDoor.read(bench.cognito(), app: Bench.client, people: [name])
      #expect(door.provider.accounts.count == 1)
      #expect(door.provider.apps[0].policyLink == "eu-west-1_AcmePool1")
    }
  }

  @Test("a row that comes again on a later page is one row, and is noted")
  func repeated() async throws {
    let users = (0..<70).map { CognitoUser("person\($0)@acme.com") }
    let pool = AWSRow.pool { $0.users = users }
    try await Bench.run(.aws { $0.userPools = [pool] }) { bench in
      await bench.mock.setFaults([
        Fault(.aws, "cognito-idp:ListUsers", .duplicate, first: 2, times: nil)
      ])
      let people = users.compactMap(\.email)
      let door = await OneDoor.read(bench.cognito(), app: Bench.client, people: people)
      #expect(door.provider.accounts.count == 70)
      #expect(door.provider.source.isComplete, "\(door.provider.source.issues)")
      #expect(door.provider.source.issues.map(\.affects) == [.details])
      #expect(door.provider.source.issues.first?.code == "duplicate-ids")
    }
  }

  @Test("codes by text message and e-mail are weak factors")
  func weakFactors() async throws {
    let scenario = Scenario.aws {
      $0.userPools = [
        AWSRow.pool("OPTIONAL") { $0.users[0].factors = ["SMS_MFA", "EMAIL_OTP"] }
      ]
    }
    try await Bench.run(scenario) { bench in
      let door = await OneDoor.read(
        bench.cognito(), app: Bench.client, people: [Self.ana], collectFactors: true)
      let account = door.provider.accounts[0]
      #expect(account.factors == [.sms, .email] && account.factors.isWeakOnly)
    }
  }

  private func judge(
    _ fault: Fault? = nil, _ change: @escaping @Sendable (inout CognitoPool) -> Void
  ) async throws -> MemberRecord {
    try await Bench.run(.aws { $0.userPools = [AWSRow.pool("ON", change)] }) { bench in
      await bench.mock.setFaults([fault].compactMap { $0 })
      let door = await OneDoor.read(bench.cognito(), app: Bench.client, people: [Self.ana])
      return door.record(Self.ana)
    }
  }
}
