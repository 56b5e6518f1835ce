internal import Foundation

extension OktaAPI {
  func limitRefusal(_ fault: Fault) -> Refusal {
    let isConcurrency = fault.kind == .concurrencyLimited
    // The clock of the reply's Date header counts whole seconds; so does the reset.
    let reset = Int(Date().timeIntervalSince1970) + Int((fault.seconds ?? 1).rounded(.up))
    return Refusal(
      status: 429, code: "E0000047", message: "API call exceeded rate limit.",
      headers: [
        ("X-Rate-Limit-Limit", isConcurrency ? "0" : "600"), ("X-Rate-Limit-Remaining", "0"),
        ("X-Rate-Limit-Reset", String(reset)),
      ])
  }

  func refusalCode(_ status: Int) -> String {
    let codes = [
      400: "E0000001", 401: "E0000011", 402: "E0000006", 403: "E0000006", 404: "E0000007",
      422: "E0000001",
    ]
    return codes[status] ?? "E0000009"
  }
}
