import Foundation
import Testing

@testable import CurlTransport

@Suite("Transport: the clocks of both sides")
struct ClockSkewTests {
  private let sent = Date(timeIntervalSince1970: 1_790_000_000)

  /// The difference that a reply shows which took ten seconds and was dated so long after its request.
  private func skew(datedAfter seconds: Int, age: String? = nil) -> Int? {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = .gmt
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    var headers = HTTPHeaders([("Date", format.string(from: sent + Double(seconds)))])
    if let age { headers.add("Age", age) }
    return ClockSkew(headers, sentAt: sent, receivedAt: sent + 10)?.seconds
  }

  @Test("a date from within the exchange is no difference, however long it took")
  func within() {
    #expect(skew(datedAfter: 0) == 0)
    #expect(skew(datedAfter: 10) == 0)
    #expect(skew(datedAfter: 500) == -490)
    #expect(skew(datedAfter: -420) == 420)
  }

  @Test("a reply out of a shared cache is as much older as it says")
  func cached() {
    #expect(skew(datedAfter: -420, age: "420") == 0)
    #expect(skew(datedAfter: -420, age: "soon") == 420)
    #expect(skew(datedAfter: -420, age: "9223372036854775807").map { $0 < 0 } == true)
  }

  @Test("without a date nothing is known")
  func undated() {
    #expect(ClockSkew(HTTPHeaders(), sentAt: sent, receivedAt: sent) == nil)
    #expect(ClockSkew(HTTPHeaders([("Date", "now")]), sentAt: sent, receivedAt: sent) == nil)
  }

  @Test(
    "it is told in the unit that fits",
    arguments: [
      (61, "61 s ahead of"), (-119, "119 s behind"), (420, "7 min ahead of"),
      (-7200, "2 h behind"), (200_000, "2 days ahead of"),
    ])
  func words(seconds: Int, told: String) { #expect(ClockSkew(seconds: seconds).words == told) }
}
