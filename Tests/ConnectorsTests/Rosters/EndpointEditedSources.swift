import IdentityCore
import MockIdP

extension EditedSource {
  private static let endpointPeople: [JSON] = [
    ["uid": "1", "mail": "ana@acme.com", "role": "admin", "sso": true, "two_factor": true],
    ["uid": "2", "mail": "bo@acme.com", "role": "member", "sso": false, "two_factor": true],
    ["uid": "3", "mail": "cy@acme.com", "role": "member", "sso": false, "two_factor": false],
  ]

  private static let endpointRosterFields = [
    #""fields": {"id": "/uid", "email": "/mail", "role": "/role", "federated": "/sso", "platform_mfa": "/two_factor"}"#,
    #""fields": {"id": "/uid", "email": "/mail", "federated": {"path": "/sso", "from": "detail", "take": "exists"}, "platform_mfa": {"path": "/keys/0", "from": "detail", "take": "exists"}}, "detail": {"path": "/people/{{id}}/mfa"}"#,
  ]

  private static let endpointMeanings = [
    #""mfa": {"meaning": "enforcement", "app": "*", "value_path": "/security/mfa/policy", "values": {"REQUIRED": "enforced", "RISK": "enforced-conditionally", "OPTIONAL": "not-enforced", "NONE": "not-evaluated"}}"#,
    #""mfa": {"meaning": "enforcement-rules", "app": "*", "rules": [{"when": {"field": "active", "equals": false}, "verdict": "cannot-tell"}, {"when": {"group": "contractors"}, "verdict": "not-enforced"}, {"when": {"path": "/security/mfa/policy", "in": ["OPTIONAL", "NONE"]}, "verdict": "not-enforced"}, {"when": {"path": "/security/mfa/policy", "equals": "RISK"}, "verdict": "enforced-conditionally"}, {"when": {"path": "/security/mfa/policy", "equals": "REQUIRED"}, "verdict": "enforced"}]}"#,
    #""detail": {"path": "/people/{{id}}/mfa"}, "mfa": {"meaning": "enforcement", "app": "*", "value_path": {"path": "/policy", "from": "detail"}, "values": {"REQUIRED": "enforced", "OPTIONAL": "not-enforced"}}"#,
    #""join": {"path": "/policies", "items": "/policies", "key": "/id", "on": "/policy_ref"}, "mfa": {"meaning": "enforcement", "app": "*", "value_path": {"path": "/mode", "from": "join"}, "values": {"REQUIRED": "enforced", "OPTIONAL": "not-enforced"}}"#,
  ]

  private static let endpointList =
    #""path": "/people", "items": "/data", "total": "/meta/total", "auth": {"kind": "bearer", "token": "env:T"}"#

  /// A JSON endpoint as a roster, with its fields in the list and in a reply about each person.
  static let endpointRosters: [EditedSource] = endpointRosterFields.indices.map { index in
    let scenario = Endpoints.scenario(endpointPeople) {
      $0.details = [
        "1": ["sso": true, "keys": ["a"]], "2": ["sso": true, "keys": []], "3": ["keys": ["b"]],
      ]
    }
    return EditedSource(
      name: "JSON roster \(index + 1)", vendor: .json, worlds: [scenario],
      absences: index == 0
        ? [:]
        : [
          "GET /people/{id}/mfa /sso": existence, "GET /people/{id}/mfa /keys": existence,
          "GET /people/{id}/mfa  nulled": existence,
        ], counted: ["GET /people /data/*"]
    ) { bench in
      {
        try await ConformanceReading(
          of: EndpointBench(bench).endpoint("{\(endpointList), \(endpointRosterFields[index])}"),
          team: "acme")
      }
    }
  }

  private static let existence =
    "what the operator takes by its being there is said by its not being there, in a document that was read"

  /// A JSON endpoint as a provider, with policies of every kind.
  static let endpointProviders: [EditedSource] = endpointMeanings.indices.map { index in
    let policies: [JSON] = ["REQUIRED", "OPTIONAL", "RISK", "NONE", "REQUIRED"]
    let people = policies.enumerated().map { number, policy in
      Endpoints.person(
        policy,
        [
          "uid": .string("u-\(number)"), "mail": .string("p\(number)@acme.com"),
          "state": number == 4 ? "PAUSED" : "ACTIVE", "teams": number == 2 ? ["contractors"] : [],
          "policy_ref": number == 1 ? "weak" : "strong",
        ])
    }
    let scenario = Endpoints.scenario(people) {
      $0.policies = [["id": "strong", "mode": "REQUIRED"], ["id": "weak", "mode": "OPTIONAL"]]
      for number in 0..<5 {
        $0.details["u-\(number)"] = ["policy": number == 1 ? "OPTIONAL" : "REQUIRED"]
      }
    }
    return EditedSource(
      name: "JSON provider \(index + 1)", vendor: .json, worlds: [scenario],
      untold: ["GET /people /data/*/"], counted: ["GET /people /data/*"]
    ) { bench in
      {
        await ConformanceReading(
          of: try EndpointBench(bench).endpoint(
            "{\(endpointList), \(Endpoints.fields), \(endpointMeanings[index])}"),
          app: EndpointBench.app, people: (0..<5).map { "p\($0)@acme.com" })
      }
    }
  }
}
