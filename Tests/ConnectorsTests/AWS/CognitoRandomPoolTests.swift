import Foundation
import IdentityCore
import JSONQuery
import Testing

@testable import AWS
@testable import ConnectorKit

/// Random user pools, judged by the connector's rules and by going through every sign-in that the facts allow.
@Suite("Cognito: random pools") struct CognitoRandomPoolTests {
  /// A pool, a client and a person as the facts describe them; shares nothing with the connector.
  private struct World {
    var mfa = "ON"
    var threat: String?
    var firstFactors: [String]
    var hasFunctions = false
    var device: Bool?
    var passkeysAreTwo = false
    var recovers: Bool
    var takesSMS: Bool
    var hasStrangeKey = false
    var flows: [String]
    var offered: [String]
    var allowsOAuth: Bool
    /// Whether each provider of the pool asks for two factors.
    var providers: [(name: String, asksTwo: Bool)]
    var isExternal: Bool
    var linked: Set<String>

    init(_ random: inout SystemRandomNumberGenerator) {
      func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }
      func some(_ all: [String]) -> [String] { all.filter { _ in Bool.random(using: &random) } }
      if chance(4) { mfa = chance(2) ? "OPTIONAL" : "OFF" }
      threat = [nil, "AUDIT", "ENFORCED"].randomElement(using: &random) ?? nil
      firstFactors = ["PASSWORD"] + (chance(2) ? ["WEB_AUTHN"] : [])
      hasFunctions = chance(3)
      device = [nil, true, false, false].randomElement(using: &random) ?? nil
      passkeysAreTwo = chance(2)
      recovers = chance(2)
      takesSMS = chance(4)
      hasStrangeKey = chance(12)
      flows = ["ALLOW_USER_SRP_AUTH"] + some(["ALLOW_CUSTOM_AUTH", "ALLOW_USER_AUTH"])
      let names = some(["Corp", "Weak"])
      providers = names.map { ($0, $0 == "Corp") }
      offered = ["COGNITO"] + names.filter { _ in !chance(3) }
      allowsOAuth = !chance(4)
      isExternal = !names.isEmpty && chance(4)
      linked = isExternal ? [names[0]] : Set(names.filter { _ in chance(3) })
    }

    var pool: JSONValue {
      var pool: [String: JSONValue] = [
        "Id": .string("eu-west-1_A"), "MfaConfiguration": .string(mfa),
        "Policies": .object([
          "SignInPolicy": .object([
            "AllowedFirstAuthFactors": .array(firstFactors.map { .string($0) })
          ])
        ]),
        "LambdaConfig": .object(hasFunctions ? ["DefineAuthChallenge": .string("arn")] : [:]),
      ]
      if let threat { pool["UserPoolAddOns"] = .object(["AdvancedSecurityMode": .string(threat)]) }
      if let device {
        pool["DeviceConfiguration"] = .object(["ChallengeRequiredOnNewDevice": .bool(device)])
      }
      if recovers {
        pool["AccountRecoverySetting"] = .object([
          "RecoveryMechanisms": .array([.object(["Name": .string("verified_phone_number")])])
        ])
      }
      if hasStrangeKey { pool["NewBypass"] = .bool(true) }
      return .object(["UserPool": .object(pool)])
    }

    var settings: JSONValue {
      var settings: [String: JSONValue] = [
        "MfaConfiguration": .string(mfa),
        "WebAuthnConfiguration": .object([
          "FactorConfiguration": .string(
            passkeysAreTwo ? "MULTI_FACTOR_WITH_USER_VERIFICATION" : "SINGLE_FACTOR")
        ]),
      ]
      if takesSMS {
        settings["SmsMfaConfiguration"] = .object(["SmsAuthenticationMessage": .string("x")])
      }
      return .object(settings)
    }

    var client: JSONValue {
      .object([
        "UserPoolClient": .object([
          "ClientId": .string("c"), "ExplicitAuthFlows": .array(flows.map { .string($0) }),
          "SupportedIdentityProviders": .array(offered.map { .string($0) }),
          "AllowedOAuthFlowsUserPoolClient": .bool(allowsOAuth),
        ])
      ])
    }

    // MARK: By the facts

    /// What the person's sign-ins ask for, one by one: whether for two factors; nil for the pool's own door where it has none.
    private var own: [Bool]? {
      if isExternal { return nil }
      switch mfa {
      case "OFF": return [false]
      case "OPTIONAL": return threat == "ENFORCED" ? [true, false] : [false]
      default: break
      }
      var asked = [true]
      if flows.contains("ALLOW_CUSTOM_AUTH"), hasFunctions { asked += [true, false] }
      if flows.contains("ALLOW_USER_AUTH"), firstFactors.contains("WEB_AUTHN") {
        asked.append(passkeysAreTwo)
      }
      if device == true { asked.append(false) }
      return asked
    }

    private var federated: [Bool] {
      allowsOAuth ? providers.filter { offered.contains($0.name) }.map(\.asksTwo) : []
    }

    var expected: Verdict? {
      // People choose their door: one that always asks for one factor is always there.
      if federated.contains(false) || own.map({ !$0.contains(true) }) == true {
        return .notEnforced
      }
      guard own != nil || !federated.isEmpty else { return nil }
      if hasStrangeKey { return .cannotTell }
      let others =
        allowsOAuth && providers.contains { !offered.contains($0.name) }
      let oneDevice = mfa == "ON" && takesSMS && !recovers
      return own?.contains(false) == true || others || oneDevice
        ? .enforcedConditionally : .enforced
    }

    // MARK: By the connector

    func judged() throws -> Verdict {
      let wire = try CognitoWire.Pool(pool)
      let facts = CognitoMapping.Facts(
        try providers.map {
          try CognitoWire.IdentityProvider(.object(["ProviderName": .string($0.name)]))
        })
      let mapping = CognitoMapping(
        pool: wire, mfa: try CognitoWire.MFA(settings), facts: facts, unreadableProviders: nil)
      let client = try CognitoWire.Client(client)
      var model = mapping.model(client)
      for index in model.upstreams.indices {
        model.upstreams[index].otherwise = providers[index].asksTwo ? .multiFactor : .singleFactor
      }
      var app = ProviderApp(id: "c", label: "c", state: .readable(model))
      _ = app.account(CognitoDoors.self, Vouches(at: Bench.now)) {
        mapping.state(of: $0, client)
      }
      guard case .readable(let accounted) = app.state else { return .cannotTell }
      var atoms = Set(linked.compactMap { facts.atom(of: $0) })
      if isExternal { atoms.insert(CognitoMapping.Facts.external) }
      var table = AccountTable(atomCount: facts.atoms.count)
      table.append(Account(id: "1", email: nil, atoms: atoms, assigned: [0]))
      return SignInEvaluator(accounted).evaluate(table.signature(at: 0)).verdict
    }
  }

  @Test("six thousand random pools give the verdicts that every single sign-in gives")
  func random() throws {
    var random = SystemRandomNumberGenerator()
    var counts: [Verdict: Int] = [:]
    while counts.values.reduce(0, +) < 6_000 {
      let world = World(&random)
      guard let expected = world.expected else { continue }
      counts[expected, default: 0] += 1
      let judged = try world.judged()
      #expect(judged == expected, "\(world)")
      if judged != expected { return }
    }
    print("random Cognito pools: \(counts)")
    #expect(counts.count == 4)
  }
}
