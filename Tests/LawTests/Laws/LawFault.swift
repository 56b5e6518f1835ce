import MockIdP
import TestSupport

/// A fault at one or more runs of a sequence.
struct LawFault: Sendable, CustomStringConvertible {
  /// The first run that meets it.
  var step: Int
  /// Whether every later run meets it too.
  var isLasting: Bool
  /// What goes wrong.
  var fault: Fault
  /// What lists leave out although they are read to their end, beside or instead of it.
  var omission: Omission?

  /// Rows that are not there.
  enum Omission: String, CaseIterable, Sendable {
    /// The roster shows nobody.
    case emptyRoster = "an empty roster"
    /// A JSON list counts more rows than it has.
    case shortList = "a list that counts more than it shows"
    /// Keycloak counts accounts that it does not show.
    case hiddenAccounts = "accounts that are counted and hidden"

    /// Takes the rows out.
    func edit(_ scenario: inout Scenario) {
      switch self {
      case .emptyRoster:
        for team in scenario.heroku.teams.indices { scenario.heroku.teams[team].members = [] }
        scenario[JSONEndpoint.self].people = scenario[JSONEndpoint.self].people.filter {
          $0["teams"] == nil
        }
      case .shortList:
        let people = scenario[JSONEndpoint.self].people
        scenario[JSONEndpoint.self].claimedTotal = people.count
        scenario[JSONEndpoint.self].people = Array(people.dropLast(max(1, people.count / 2)))
      case .hiddenAccounts:
        for index in scenario[KeycloakTenant.self].users.indices where index.isMultiple(of: 2) {
          scenario[KeycloakTenant.self].users[index].isHidden = true
        }
      }
    }
  }

  /// Whether the source gives nothing at all.
  var isDead: Bool { omission == nil && fault.endpoint == "*" }

  /// The source of the configuration that it is at.
  func source(in world: LawWorld) -> String {
    world.platform.rawValue == fault.vendor.rawValue ? "roster" : "idp-\(fault.vendor.rawValue)"
  }

  func isActive(at step: Int) -> Bool { isLasting ? step >= self.step : step == self.step }

  /// The faults for the servers at a step.
  static func active(_ all: [LawFault], at step: Int) -> [Fault] {
    all.filter { $0.isActive(at: step) && $0.omission == nil }.map(\.fault)
  }

  /// A word for what it is.
  var kind: String { omission.map { "\($0)" } ?? fault.kind.rawValue }

  var description: String {
    if let omission {
      return "run \(step + 1)\(isLasting ? " and later" : ""): \(omission.rawValue)"
    }
    var words = [fault.vendor.rawValue, fault.endpoint, fault.kind.rawValue]
    if let status = fault.status { words.append(String(status)) }
    if let text = fault.text { words.append("'\(text)'") }
    words.append(fault.times == nil ? "always" : "request \(fault.first)")
    return "run \(step + 1)\(isLasting ? " and later" : ""): " + words.joined(separator: " ")
  }
}

extension LawFault {
  /// A fault for a run that made these requests.
  ///
  /// - Parameter page: shows what a request was answered with.
  static func random(
    at step: Int, of world: LawWorld, _ requests: [RecordedRequest], _ random: inout FuzzRandom,
    page: (RecordedRequest) async -> JSON?
  ) async -> LawFault? {
    let seen = requests.filter { $0.endpoint != "unknown" && $0.status < 400 }
    guard !seen.isEmpty else { return nil }
    // Vendors count alike, however many requests each of them takes.
    let vendors = Set(seen.map(\.vendor.rawValue)).sorted()
    let vendor = Vendor(rawValue: random.pick(vendors))
    let isLasting = random.one(in: 3)
    if random.one(in: 12) {
      let omissions = Omission.allCases.filter {
        switch $0 {
        case .emptyRoster: true
        case .shortList: world.platform == .json || world.doors.contains(.json)
        case .hiddenAccounts: world.providers.contains(.keycloak)
        }
      }
      return LawFault(
        step: step, isLasting: isLasting, fault: Fault(vendor, "*", .slow),
        omission: random.pick(omissions))
    }
    if random.one(in: 6) {
      let fault = Fault(
        vendor, "*", random.pick([.forbidden, .unauthorized, .html, .malformed]), times: nil)
      return LawFault(step: step, isLasting: isLasting, fault: fault)
    }
    let endpoints = Set(seen.filter { $0.vendor == vendor }.map(\.endpoint)).sorted()
    let endpoint = random.pick(endpoints)
    let calls = seen.filter { $0.vendor == vendor && $0.endpoint == endpoint }
    var fault = Fault(vendor, endpoint, .forbidden, times: nil)
    switch random.below(20) {
    case 0..<4:
      fault.kind = .status
      fault.status = random.pick([400, 401, 403, 410, 422, 501])
    case 4: fault.kind = isDocument(endpoint) ? .forbidden : .notFound
    case 5, 6: fault.kind = random.pick([.malformed, .html])
    case 7:
      // Slow: the program tries these again.
      fault.kind = random.pick([.status, .truncated])
      fault.status = random.pick([500, 503])
    case 8: fault.kind = random.pick([.emptyPage, .duplicate, .repeatedCursor])
    case 9 where vendor == .heroku || vendor == .json: fault.kind = .missingNext
    default:
      let paths = FieldPaths.of(await page(random.pick(calls)))
      guard !paths.isEmpty else { break }
      fault.kind = random.pick([.missingField, .nullField, .wrongType])
      fault.text = random.pick(paths)
    }
    if calls.count > 1, random.one(in: 3) {
      fault.first = 1 + random.below(calls.count)
      if ![500, 503].contains(fault.status ?? 0) { fault.times = 1 }
    }
    return LawFault(step: step, isLasting: isLasting, fault: fault)
  }

  /// Whether 404 says that there is no such thing, which is an answer.
  private static func isDocument(_ endpoint: String) -> Bool {
    endpoint.hasSuffix("}") && endpoint != "GET /admin/realms/{realm}"
  }
}

/// The properties of a page and of its rows, as paths with dots.
enum FieldPaths {
  static func of(_ page: JSON?) -> [String] {
    var paths: Set<String> = []
    guard let page else { return [] }
    for row in page.elements ?? [] { collect(row, "", 0, &paths) }
    for (_, value) in page.properties ?? [:] {
      for row in value.elements ?? [] where row.properties != nil { collect(row, "", 0, &paths) }
    }
    collect(page, "", 0, &paths)
    return paths.sorted()
  }

  private static func collect(
    _ value: JSON, _ path: String, _ depth: Int, _ paths: inout Set<String>
  ) {
    guard depth < 5 else { return }
    for (name, inner) in value.properties ?? [:] where !name.contains(".") {
      let own = path.isEmpty ? name : "\(path).\(name)"
      paths.insert(own)
      collect(inner, own, depth + 1, &paths)
    }
  }
}
