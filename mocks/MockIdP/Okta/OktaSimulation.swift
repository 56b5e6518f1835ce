/// Policy simulation: which rule of each policy a sign-in meets, as far as its context is given.
struct OktaSimulation {
  private enum Status: String {
    case match = "MATCH"
    case noMatch = "NOT_MATCH"
    case undefined = "UNDEFINED"
  }

  private let context: OktaAPI.Context
  private let shapes: OktaPolicyShapes

  init(_ context: OktaAPI.Context) {
    self.context = context
    shapes = OktaPolicyShapes(context: context)
  }

  /// Answers one call.
  /// - Throws: a 404 where simulation is not enabled, a 400 for a body that makes no sense.
  func answer(_ call: Call) throws -> Reply {
    guard context.okta.simulates, !context.isClassic else {
      throw OktaAPI.notFound("/api/v1/policies/simulate")
    }
    guard let body = call.json, let appID = body["appInstance"]?.text,
      let app = context.organisation.app(appID)
    else { throw OktaAPI.invalid("appInstance") }
    let given = body["policyContext"] ?? [:]
    guard given["user"] == nil || given["groups"] == nil,
      given["ip"] == nil || given["zones"] == nil
    else { throw OktaAPI.invalid("policyContext") }
    let simulated = ["OKTA_SIGN_ON", "MFA_ENROLL", "ACCESS_POLICY", "PROFILE_ENROLLMENT"]
    let types = body["policyTypes"]?.elements?.compactMap(\.text) ?? simulated
    guard types.allSatisfy(simulated.contains) else { throw OktaAPI.invalid("policyTypes") }
    let evaluation = types.map { evaluate($0, app, given) }
    return Reply(json: ["evaluation": .array(evaluation)])
  }

  private func evaluate(_ type: String, _ app: OktaApp, _ given: JSON) -> JSON {
    let policies: [Policy]
    if type == "ACCESS_POLICY" {
      policies = [app.accessPolicy.flatMap { context.organisation.policy($0) }].compactMap { $0 }
    } else {
      policies = context.organisation.policies
        .filter { $0.type == type && $0.status == "ACTIVE" && !$0.rules.isEmpty }
        .sorted { $0.priority < $1.priority }
    }
    var result: [JSON] = []
    var undefined: [JSON] = []
    var evaluated: [JSON] = []
    for policy in policies where result.isEmpty {
      let place = match(shapes.policy(policy, expandsRules: false)["conditions"], given)
      var rules: [(status: Status, json: JSON)] = []
      for rule in ordered(policy) where place.status != .noMatch {
        let (status, conditions) = match(rule["conditions"], given)
        rules.append(
          (
            status,
            [
              "id": rule["id"] ?? .null, "name": rule["name"] ?? .null,
              "status": .string(status.rawValue), "conditions": .array(conditions),
            ]
          ))
        if status == .match { break }
      }
      let shape = { (status: Status, rules: [JSON]) -> JSON in
        [
          "id": .string(policy.id), "name": .string(policy.name),
          "status": .string(status.rawValue), "conditions": .array(place.conditions),
          "rules": .array(rules),
        ]
      }
      evaluated.append(shape(place.status, rules.map(\.json)))
      let open = rules.filter { $0.status == .undefined }.map(\.json)
      if !open.isEmpty || place.status == .undefined { undefined.append(shape(.undefined, open)) }
      if place.status == .match, let found = rules.first(where: { $0.status == .match }) {
        result.append(shape(.match, [found.json]))
      }
    }
    return [
      "policyType": .string(type), "status": result.isEmpty ? "UNDEFINED" : "MATCH",
      "result": ["policies": .array(result)], "undefined": ["policies": .array(undefined)],
      "evaluated": ["policies": .array(evaluated)],
    ]
  }

  private func ordered(_ policy: Policy) -> [JSON] {
    shapes.rules(policy).filter { $0["status"] == "ACTIVE" }
      .sorted { ($0["priority"]?.int ?? 0) < ($1["priority"]?.int ?? 0) }
  }

  /// Judges every condition; the worst of them is the status of all.
  private func match(_ conditions: JSON?, _ given: JSON) -> (status: Status, conditions: [JSON]) {
    var worst = Status.match
    var list: [JSON] = []
    for (name, condition) in (conditions?.properties ?? [:]).sorted(by: { $0.key < $1.key }) {
      let status = judge(name, condition, given)
      list.append(["type": .string(name), "status": .string(status.rawValue)])
      if status == .noMatch || worst == .match { worst = status }
      if worst == .noMatch { break }
    }
    return (worst, list)
  }

  private func judge(_ name: String, _ condition: JSON, _ given: JSON) -> Status {
    switch name {
    case "people": people(condition, given)
    case "network": network(condition, given)
    case "riskScore":
      level(condition["level"]?.text, given["risk"]?["level"]?.text)
    case "authContext": level(condition["authType"]?.text, nil)
    case "platform": platform(condition, given)
    case "device": device(condition, given)
    case "userType": userType(condition, given)
    default: .undefined
    }
  }

  private func level(_ wanted: String?, _ given: String?) -> Status {
    guard let wanted, wanted != "ANY" else { return .match }
    guard let given else { return .undefined }
    return wanted == given ? .match : .noMatch
  }

  private func ids(_ json: JSON?, _ part: String, _ list: String) -> Set<String> {
    Set(json?[part]?[list]?.elements?.compactMap(\.text) ?? [])
  }

  private func people(_ condition: JSON, _ given: JSON) -> Status {
    let user = given["user"]?["id"]?.text
    var groups = Set(given["groups"]?["ids"]?.elements?.compactMap(\.text) ?? [])
    if let user, let position = context.organisation.position(of: user) {
      groups = Set(context.organisation.groups(ofPersonAt: position).map(\.id))
    }
    guard user != nil || !groups.isEmpty else { return .undefined }
    if !ids(condition, "groups", "exclude").isDisjoint(with: groups) { return .noMatch }
    if let user, ids(condition, "users", "exclude").contains(user) { return .noMatch }
    let users = ids(condition, "users", "include")
    let included = ids(condition, "groups", "include")
    if users.isEmpty && included.isEmpty { return .match }
    let isIncluded = !included.isDisjoint(with: groups) || user.map(users.contains) == true
    return isIncluded ? .match : .noMatch
  }

  private func network(_ condition: JSON, _ given: JSON) -> Status {
    guard condition["connection"] == "ZONE" else { return .match }
    guard let zones = given["zones"]?["ids"]?.elements?.compactMap(\.text) else {
      return .undefined
    }
    let include = condition["include"]?.elements?.compactMap(\.text) ?? []
    let exclude = condition["exclude"]?.elements?.compactMap(\.text) ?? []
    let isIn = { (list: [String]) in
      list == ["ALL_ZONES"] ? !zones.isEmpty : list.contains(where: zones.contains)
    }
    return (include.isEmpty || isIn(include)) && !isIn(exclude) ? .match : .noMatch
  }

  private func platform(_ condition: JSON, _ given: JSON) -> Status {
    let include = condition["include"]?.elements ?? []
    let systems = include.compactMap { $0["os"]?["type"]?.text }
    if systems.isEmpty || systems.contains("ANY") { return .match }
    guard let platform = given["device"]?["platform"]?.text else { return .undefined }
    return systems.contains(platform) ? .match : .noMatch
  }

  private func device(_ condition: JSON, _ given: JSON) -> Status {
    for part in ["managed", "registered"] where condition[part] == true {
      guard let state = given["device"]?[part] else { return .undefined }
      if state != true { return .noMatch }
    }
    return condition["assurance"] == nil ? .match : .undefined
  }

  private func userType(_ condition: JSON, _ given: JSON) -> Status {
    let include = condition["include"]?.elements ?? []
    let exclude = condition["exclude"]?.elements ?? []
    if include.isEmpty && exclude.isEmpty { return .match }
    guard let user = given["user"]?["id"]?.text,
      let position = context.organisation.position(of: user),
      let type = context.organisation.person(at: position)?.userType
    else { return .undefined }
    let isIncluded = include.isEmpty || include.contains(.string(type))
    return isIncluded && !exclude.contains(.string(type)) ? .match : .noMatch
  }
}
