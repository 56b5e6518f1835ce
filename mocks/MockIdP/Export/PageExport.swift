internal import Foundation

/// Writes the replies of the mock as files, with an nginx configuration that serves them.
///
/// nginx then answers the same pages with the same paging headers, without the mock's cost: the
/// yardstick for measurements. Pages are made by the same code that answers over HTTP.
public struct PageExport: Sendable {
  /// What was written.
  public struct Summary: Sendable, Hashable {
    /// How many pages.
    public var pages = 0
    /// How many bytes they have together.
    public var bytes = 0
  }

  /// One written page and the headers that lead on from it.
  struct Page: Sendable {
    var vendor: Vendor
    /// What nginx finds the page by.
    var key: String
    /// The file, below `pages/`.
    var file: String
    var isPartial: Bool
    var next: String?
    var own: String?
    var tag: String?
  }

  private let scenario: Scenario
  private let output: URL
  private let herokuPort: UInt16
  private let oktaPort: UInt16

  /// Makes an export into a folder.
  /// - Parameters:
  ///   - herokuPort: the port that nginx serves Heroku on.
  ///   - oktaPort: the port that nginx serves Okta on; it is part of the links in the pages.
  public init(scenario: Scenario, output: String, herokuPort: UInt16, oktaPort: UInt16) {
    var scenario = scenario
    scenario.faults = []
    scenario.heroku.rateLimit = 1_000_000_000
    scenario.okta.rateLimit = 1_000_000_000
    scenario.okta.rateLimits = [:]
    self.scenario = scenario
    self.output = URL(fileURLWithPath: output)
    self.herokuPort = herokuPort
    self.oktaPort = oktaPort
  }

  /// Writes every request's pages, from the first to the last, and the configuration.
  /// - Throws: when a request is refused, or a file cannot be written.
  public func write(_ requests: [Request]) async throws -> Summary {
    let state = MockState(scenario)
    await state.setOktaURL("http://127.0.0.1:\(oktaPort)")
    var pages: [Page] = []
    var summary = Summary()
    var seen: Set<String> = []
    let folder = output.appendingPathComponent("pages")
    let folders =
      [Vendor.heroku, .okta].map { folder.appendingPathComponent($0.rawValue) }
      + [output.appendingPathComponent("tmp")]
    for folder in folders {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    for first in requests {
      var request: Request? = first
      while let current = request {
        request = nil
        guard seen.insert("\(current.vendor.rawValue) \(current.key)").inserted else { break }
        let reply = await answer(current, state)
        guard [200, 206].contains(reply.status) else {
          throw PageExportError.refused(current.text, status: reply.status)
        }
        let file = "\(current.vendor.rawValue)/\(pages.count).json"
        try Data(reply.body).write(to: folder.appendingPathComponent(file))
        let next = Self.next(reply, of: current)
        pages.append(
          Page(
            vendor: current.vendor, key: current.key, file: file, isPartial: reply.status == 206,
            next: next.header, own: Self.link("self", reply), tag: reply.header("ETag")))
        summary.pages += 1
        summary.bytes += reply.body.count
        request = next.request
      }
    }
    let configuration = NginxConfiguration(
      pages: pages, herokuPort: herokuPort, oktaPort: oktaPort)
    try Data(configuration.main.utf8).write(to: output.appendingPathComponent("nginx.conf"))
    try Data(configuration.maps.utf8).write(to: output.appendingPathComponent("maps.conf"))
    let list = requests.map { $0.text + "\n" }.joined()
    try Data(list.utf8).write(to: output.appendingPathComponent("requests.txt"))
    return summary
  }

  private func answer(_ request: Request, _ state: MockState) async -> Reply {
    var headers = ["user-agent": "export/1"]
    switch request.vendor {
    case .heroku:
      let version = request.target.contains("/invitations") ? "3.team-invitations" : "3"
      headers["accept"] = "application/vnd.heroku+json; version=\(version)"
      headers["authorization"] = "Bearer \(scenario.heroku.tokens.first?.token ?? "")"
      headers["range"] = request.range
      let call = Call(
        "GET", request.target, headers: headers, baseURL: "http://127.0.0.1:\(herokuPort)")
      return await HerokuAPI(state: state).respond(to: call)
    default:
      headers["authorization"] = "SSWS \(scenario.okta.tokens.first?.token ?? "")"
      let call = Call(
        "GET", request.target, headers: headers, baseURL: "http://127.0.0.1:\(oktaPort)")
      return await OktaAPI(state: state).respond(to: call)
    }
  }

  private static func link(_ relation: String, _ reply: Reply) -> String? {
    reply.headers.first { $0.name == "Link" && $0.value.hasSuffix("rel=\"\(relation)\"") }?.value
  }

  private static func next(
    _ reply: Reply, of request: Request
  ) -> (header: String?, request: Request?) {
    switch request.vendor {
    case .heroku:
      guard let range = reply.header("Next-Range") else { return (nil, nil) }
      return (range, Request(vendor: .heroku, target: request.target, range: range))
    default:
      guard let link = link("next", reply), let url = link.dropFirst().split(separator: ">").first,
        let path = url.firstRange(of: "/api/")
      else { return (nil, nil) }
      let target = String(url[path.lowerBound...])
      return (link, Request(vendor: .okta, target: target, range: nil))
    }
  }
}

/// Why pages could not be exported.
public enum PageExportError: Error, Sendable, CustomStringConvertible {
  /// The mock refuses a request that was to be exported.
  case refused(String, status: Int)

  /// What was refused.
  public var description: String {
    switch self {
    case .refused(let request, let status): "The mock answers \(status) to: \(request)"
    }
  }
}
