extension HerokuAPI {
  func limitRefusal(_ fault: Fault) -> Refusal {
    Refusal(
      status: 429, code: "rate_limit", message: "Your account reached the API rate limit.",
      headers: [("RateLimit-Remaining", "0")])
  }

  func refusalCode(_ status: Int) -> String {
    let codes = [
      400: "bad_request", 401: "unauthorized", 402: "delinquent", 403: "forbidden",
      404: "not_found", 422: "invalid_params", 503: "maintenance",
    ]
    return codes[status] ?? "internal_server_error"
  }

  func setNext(_ next: String?, _ reply: inout Reply) {
    reply.setHeader("Next-Range", next)
    reply.status = 206
  }
}
