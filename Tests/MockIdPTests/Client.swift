import Foundation
import MockIdP
import TestSupport

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What came back from the mock.
struct Answer: Sendable {
  let status: Int
  let headers: [String: String]
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }

  func json() throws -> JSON { try JSON(parsing: body) }

  func rows() throws -> [JSON] { try json().elements ?? [] }

  /// The URL of the `Link` header with a relation.
  func link(_ relation: String) -> String? {
    for part in (headers["link"] ?? "").components(separatedBy: ", <") {
      guard part.hasSuffix("rel=\"\(relation)\"") else { continue }
      return part.split(separator: ">").first.map { $0.replacingOccurrences(of: "<", with: "") }
    }
    return nil
  }
}

/// Speaks to one vendor of a mock.
struct Client: Sendable {
  let baseURL: String
  var headers: [String: String]

  static func heroku(_ mock: MockIdP) -> Client {
    Client(
      baseURL: mock.heroku.baseURL,
      headers: [
        "Authorization": "Bearer \(mock.heroku.token)", "User-Agent": "test/1",
        "Accept": "application/vnd.heroku+json; version=3",
      ])
  }

  static func okta(_ mock: MockIdP) -> Client {
    Client(
      baseURL: mock.okta.baseURL,
      headers: [
        "Authorization": "SSWS \(mock.okta.token)", "User-Agent": "test/1",
        "Accept": "application/json",
      ])
  }

  func with(_ name: String, _ value: String?) -> Client {
    var copy = self
    copy.headers[name] = value
    return copy
  }

  func get(_ target: String, _ headers: [String: String] = [:]) async throws -> Answer {
    try await send("GET", target, headers)
  }

  func send(
    _ method: String, _ target: String, _ headers: [String: String] = [:], json: JSON? = nil,
    body: String? = nil
  ) async throws -> Answer {
    let address = target.hasPrefix("http") ? target : baseURL + target
    guard let url = URL(string: address) else { throw URLError(.badURL) }
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
    request.httpMethod = method
    for (name, value) in self.headers { request.setValue(value, forHTTPHeaderField: name) }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    if let json {
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
      request.httpBody = Data(json.bytes)
    } else if let body {
      request.httpBody = Data(body.utf8)
    }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.urlCache = nil
    let session = URLSession(configuration: configuration)
    defer { session.finishTasksAndInvalidate() }
    let (data, response) = try await session.data(for: request)
    guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
    var found: [String: String] = [:]
    for (name, value) in response.allHeaderFields {
      found["\(name)".lowercased()] = "\(value)"
    }
    return Answer(status: response.statusCode, headers: found, body: Array(data))
  }
}

/// Runs a test against a mock and ends the mock whatever happens.
func withMock(
  _ scenario: Scenario, _ test: (MockIdP) async throws -> Void
) async throws {
  try await TestSlots.run {
    let mock = try await MockIdP.start(scenario)
    do {
      try await test(mock)
    } catch {
      await mock.stop()
      throw error
    }
    await mock.stop()
  }
}
