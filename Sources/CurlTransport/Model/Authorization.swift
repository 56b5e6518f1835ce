/// How a request proves who sends it.
public enum Authorization: Sendable {
  /// `Authorization: Bearer …`.
  case bearer(Secret)

  /// `Authorization:` with another scheme, as Okta's `SSWS`.
  case scheme(String, Secret)

  /// HTTP Basic.
  case basic(user: String, password: Secret)

  /// A field of the vendor's own, as `x-api-key`.
  case header(name: String, value: Secret)

  /// AWS Signature Version 4, made by libcurl.
  ///
  /// The query is put in canonical form before; paths with encoded characters and headers without a value are refused,
  /// for libcurl 7.88 signs them wrongly. Set `Content-Type` (and `X-Amz-Target`) in the request's headers, so that they are
  /// signed, and never `X-Amz-Date`.
  /// - Parameter provider: all four parts, `aws:amz:<region>:<service>`.
  case sigV4(provider: String, id: String, secret: Secret, session: Secret?)

  /// Fields that a function makes of method, URL and body: signatures with a time in them.
  ///
  /// It runs on libcurl's thread before every try, so it must be quick; replies to such requests are never kept.
  case computed(
    @Sendable (_ method: String, _ url: String, _ body: [UInt8]) -> [(name: String, value: Secret)])
}
