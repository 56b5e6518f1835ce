import ArgumentParser
import Foundation
import MockIdP

/// Writes what the mock would answer as files that nginx serves.
struct ExportPages: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write all pages as files, with an nginx configuration that serves them alike.",
    discussion: """
      Every list is followed from its first page to its last. OUTPUT/nginx.conf is a complete \
      configuration (nginx -p OUTPUT -c nginx.conf); OUTPUT/requests.txt names every request. \
      Credentials are not checked there, and only the requests that were exported are answered.
      """)

  @OptionGroup var options: ScenarioOptions

  @Option(name: .long, help: "Where to write; made when missing.")
  var output: String

  @Option(name: .long, help: "The port nginx serves Heroku on.")
  var herokuPort: UInt16 = 8081

  @Option(name: .long, help: "The port nginx serves Okta on.")
  var oktaPort: UInt16 = 8082

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Another request to export: \"okta /api/v1/users?limit=200\" or, with a range, "
        + "\"heroku /apps name ..; max=200\". May be repeated."))
  var request: [String] = []

  @Option(
    name: .long,
    help: "Export the requests in this file instead, as GET /_mock/requests gave them.")
  var requestsFile: String?

  func run() async throws {
    let scenario = try options.load()
    var requests =
      try requestsFile.map { path in
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return PageExport.requests(in: try JSONDecoder().decode([RecordedRequest].self, from: data))
      } ?? PageExport.usualRequests(for: scenario)
    for text in request {
      guard let parsed = PageExport.Request(text) else {
        throw ValidationError("Not a request: \(text)")
      }
      requests.append(parsed)
    }
    let export = PageExport(
      scenario: scenario, output: output, herokuPort: herokuPort, oktaPort: oktaPort)
    let summary = try await export.write(requests)
    print("\(summary.pages) pages, \(summary.bytes) bytes in \(output)")
  }
}
