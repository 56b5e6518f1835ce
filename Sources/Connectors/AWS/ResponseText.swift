internal import CurlTransport

/// Text that stands in for a reply, for JSON within JSON.
enum ResponseText {
  static func body(_ text: String) -> ResponseBody { ResponseBody(copying: text.utf8) }
}
