import CurlTransport
import IdentityCore
import TestSupport
import Testing

@testable import ConnectorKit
@testable import Heroku
@testable import JSONQuery
@testable import Okta

@Suite("Fuzz: what vendors send") struct WireFuzzTests {
  private static let tokens = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\u{FEFF}", "null", "true",
    "-0", "1e999", "9223372036854775808", "0.1", "\"id\":", "\"profile\":{", "\u{0}", "//", "NaN",
  ]

  private static let documents: [[UInt8]] = [
    #"[{"id":"00u1","status":"ACTIVE","profile":{"email":"a@acme.com","login":"a@acme.com"},"type":{"id":"oty1"},"credentials":{"provider":{"type":"OKTA","name":"OKTA"}}},{"id":"00u2","status":"STAGED","profile":{"email":null,"login":"b"}}]"#,
    #"[{"email":"ana@acme.com","federated":true,"id":"5b0f","identity_provider":{"id":"0c8f","name":"acme-okta","redacted":false,"owner":{"id":"77aa","name":"acme","type":"enterprise-account"}},"role":"member","two_factor_authentication":false,"user":{"id":"9d1f","email":"ana@acme.com","name":"Ana"}},{"email":"raj@x.example","federated":false,"identity_provider":null,"role":null,"user":{"id":"1c2d","name":null}}]"#,
    #"{"id":"rst1","type":"ACCESS_POLICY","status":"ACTIVE","name":"Strict","priority":1,"system":false,"conditions":null,"_embedded":{"resourceType":"APP","rules":[{"id":"rul1","name":"HQ","status":"ACTIVE","priority":0,"conditions":{"people":{"users":{"exclude":["00u1"]},"groups":{"include":["00g1"]}},"network":{"connection":"ZONE","include":["nzo1"]},"platform":{"include":[{"type":"MOBILE","os":{"type":"IOS"}}]},"riskScore":{"level":"LOW"},"device":{"registered":true,"managed":true},"elCondition":{"condition":"user.x == 1"}},"actions":{"appSignOn":{"access":"ALLOW","verificationMethod":{"type":"ASSURANCE","factorMode":"1FA","constraints":[{"possession":{"userVerification":"REQUIRED"}}]}}}},{"id":"rul2","name":"Catch-all Rule","status":"ACTIVE","priority":99,"system":true,"conditions":{},"actions":{"appSignOn":{"access":"ALLOW","verificationMethod":{"type":"AUTH_METHOD_CHAIN","factorMode":"2FA","chains":[{"authenticationMethods":[{"key":"okta_password","method":"password"}],"next":[{"authenticationMethods":[{"key":"webauthn","method":"webauthn"}]}]}]}}}}]}}"#,
    #"[{"id":"00p1","type":"OKTA_SIGN_ON","status":"ACTIVE","name":"Default Policy","priority":1,"system":true,"conditions":{"people":{"groups":{"include":["00g1"]}}},"_embedded":{"rules":[{"id":"0pr1","name":"MFA","status":"ACTIVE","priority":1,"conditions":{"network":{"connection":"ANYWHERE"},"authContext":{"authType":"ANY"},"identityProvider":{"provider":"ANY"}},"actions":{"signon":{"access":"ALLOW","requireFactor":true,"factorPromptMode":"SESSION","factorLifetime":15}}}]}}]"#,
  ].map { Array($0.utf8) }

  @Test(
    "reading JSON never fails otherwise than with an error, and says the same twice",
    arguments: 1...4)
  func documents(seed: UInt64) throws {
    var random = FuzzRandom(seed)
    let reader = JSONReader(maxBytes: 1 << 20)
    let rounds = Fuzz.rounds(3_000)
    var read = 0
    for round in 0..<rounds {
      let bytes = random.mutated(random.pick(Self.documents), tokens: Self.tokens)
      do throws(WireError) {
        let value = try reader.value(ResponseBody(copying: bytes))
        read += 1
        let again = try reader.value(ResponseBody(copying: Array(value.text.utf8)))
        #expect(again == value, "round \(round)")
        Self.readEverything(value)
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    Fuzz.report("JSON documents, seed \(seed)", ["tried": rounds, "read": read])
  }

  /// Every type that a document could be taken for.
  private static func readEverything(_ value: JSONValue) {
    func attempt<T>(_ read: (JSONValue) throws(WireError) -> T) {
      _ = try? read(value)
      _ = try? value.rows(read)
    }
    attempt { json throws(WireError) in try OktaWire.Organisation(json) }
    attempt { json throws(WireError) in try OktaWire.App(json) }
    attempt { json throws(WireError) in try OktaWire.Policy(json) }
    attempt { json throws(WireError) in try OktaWire.Rule(json) }
    attempt { json throws(WireError) in try OktaWire.Zone(json) }
    attempt { json throws(WireError) in try OktaWire.Group(json) }
    attempt { json throws(WireError) in try OktaWire.InboundProvider(json) }
    attempt { json throws(WireError) in try OktaWire.Mapping(json) }
    attempt { json throws(WireError) in try OktaWire.Factor(json) }
    attempt { json throws(WireError) in try HerokuWire.Team(json) }
    attempt { json throws(WireError) in try HerokuWire.EnterpriseAccount(json) }
    attempt { json throws(WireError) in try HerokuWire.IdentityProvider(json) }
    attempt { json throws(WireError) in try HerokuWire.Permissions(json) }
    attempt { json throws(WireError) in try HerokuWire.App(json) }
    attempt { json throws(WireError) in try HerokuWire.Wrapped(json) }
  }

  @Test(
    "the fast tables and the values of a document agree, row by row and field by field",
    arguments: 1...4)
  func tables(seed: UInt64) throws {
    var random = FuzzRandom(seed &+ 100)
    let reader = JSONReader(maxBytes: 1 << 20)
    let plans = [
      OktaWire.users, OktaWire.appUsers, OktaWire.ids, HerokuWire.members,
      HerokuWire.enterpriseMembers,
    ]
    let rounds = Fuzz.rounds(3_000)
    var (read, refused) = (0, 0)
    for round in 0..<rounds {
      let bytes = random.mutated(random.pick(Array(Self.documents[0...1])), tokens: Self.tokens)
      let body = ResponseBody(copying: bytes)
      guard let value = try? reader.value(body) else { continue }
      for plan in plans {
        let rows = value.array ?? []
        let isTable = value.array != nil && rows.allSatisfy { Self.fits($0, plan) }
        let cells = rows.map { row in plan.fields.map { Self.text(Self.member(row, $0.path)) } }
        // Of equal keys the last counts; a table may refuse a document for the ones before it.
        let found = Self.cells(body, plan, reader)
        let canonical = Self.cells(ResponseBody(copying: Array(value.text.utf8)), plan, reader)
        let context = "round \(round): \(String(decoding: bytes, as: UTF8.self))"
        #expect((canonical != nil) == isTable, "\(context)")
        if let canonical { #expect(canonical == cells, "\(context)") }
        if let found { #expect(isTable && found == cells, "\(context)") }
        if found == nil { refused += 1 } else { read += 1 }
      }
    }
    Fuzz.report(
      "tables, seed \(seed)", ["documents": rounds, "tables read": read, "refused": refused])
  }

  /// The table's cells as texts; nil when it cannot be read.
  private static func cells(
    _ body: ResponseBody, _ plan: TablePlan, _ reader: JSONReader
  ) -> [[String?]]? {
    try? reader.withTable(body, plan) { table in
      (0..<table.count).map { row in
        plan.fields.indices.map { text(table[row], $0, plan.fields[$0].type) }
      }
    }
  }

  /// The value at a path; nil where a part of it is missing or null, `.array` where it leads through no object.
  private static func member(_ row: JSONValue, _ path: String) -> JSONValue? {
    var value: JSONValue? = row
    for part in path.split(separator: "/") {
      guard case .object(let members)? = value else {
        return value == .null ? nil : value == nil ? nil : .array([])
      }
      value = members[String(part)]
    }
    return value == .null ? nil : value
  }

  private static func fits(_ row: JSONValue, _ plan: TablePlan) -> Bool {
    guard row.object != nil else { return false }
    return plan.fields.allSatisfy { field in
      switch member(row, field.path) {
      case nil: field.need != .required
      case .string("")? where field.type == .string: field.need == .optional
      case let value?: value.type == field.type
      }
    }
  }

  private static func text(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text): text
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    default: nil
    }
  }

  private static func text(_ row: TableRows.Row, _ field: Int, _ type: JSONType) -> String? {
    switch type {
    case .string: row.string(field)
    case .bool: row.bool(field).map { "\($0)" }
    case .integer: row.integer(field).map { "\($0)" }
    default: nil
    }
  }

  @Test(
    "any policy document compiles and is judged, and nonsense is never a proof", arguments: 1...4)
  func policies(seed: UInt64) throws {
    var random = FuzzRandom(seed &+ 200)
    let reader = JSONReader(maxBytes: 1 << 20)
    let rounds = Fuzz.rounds(1_500)
    let whole = try OktaWire.Policy(reader.value(ResponseBody(copying: Self.documents[2])))
    let app = try OktaWire.App(
      reader.value(
        ResponseBody(
          copying: Array(
            #"{"id":"0oa1","label":"App","status":"ACTIVE","signOnMode":"SAML_2_0"}"#.utf8))))
    var verdicts: [Verdict: Int] = [:]
    for round in 0..<rounds {
      var policy = whole
      // Damage inside the conditions and actions, which keep any JSON.
      policy.rules = (policy.rules ?? []).map { rule in
        var rule = rule
        rule.conditions = Self.spoiled(rule.conditions, &random)
        rule.actions = Self.spoiled(rule.actions, &random)
        return rule
      }
      let mapping = OktaMapping(
        engine: random.one(in: 6) ? .classic : .identity,
        session: .unreadable(reason: "refused", remedy: "grant it"), perAppPolicies: .unreadable,
        limitMinutes: 1440, vouches: Vouches(at: Timestamp(milliseconds: 0)))
      var atoms = SubjectFacts()
      let compiled = mapping.compile(
        OktaMapping.App(app: app, policy: .read(policy)), OktaDirectory(), &atoms)
      guard case .readable(let model) = compiled.state else { continue }
      for bits in [UInt64(0), 1, 3, .max] {
        let signature = AccountTable.Signature(status: .active, atoms: [bits], assigned: [1])
        let result = SignInEvaluator(model).evaluate(signature)
        verdicts[result.verdict, default: 0] += 1
        // With the session side unknown only the app's own rules can prove anything; without a single demand
        // for two factors or a refusal in the document there is no proof.
        let text = (policy.rules ?? []).compactMap { $0.actions?.text }.joined()
        if result.verdict == .enforced {
          #expect(
            text.contains("2FA") || text.contains("DENY") || text.contains("REQUIRED")
              || text.contains("next"), "round \(round): \(text)")
        }
      }
    }
    let table = verdicts.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
    Fuzz.report("policies, seed \(seed) (\(table))", ["compiled": rounds])
  }

  /// The same value with some of its parts renamed, replaced or taken out.
  private static func spoiled(_ value: JSONValue?, _ random: inout FuzzRandom) -> JSONValue? {
    guard let value else { return nil }
    if random.one(in: 25) {
      return random.pick([
        .null, .bool(true), .integer(.min), .number("1e999"), .string(""), .string("2FA"),
        .string("DENY"), .array([]), .object([:]), .array([.null]), nil,
      ])
    }
    switch value {
    case .array(let values): return .array(values.compactMap { spoiled($0, &random) })
    case .object(let members):
      var result: [String: JSONValue] = [:]
      for (key, member) in members.sorted(by: { $0.key < $1.key }) {
        result[random.one(in: 30) ? key + "x" : key] = spoiled(member, &random)
      }
      return .object(result)
    default: return value
    }
  }
}
