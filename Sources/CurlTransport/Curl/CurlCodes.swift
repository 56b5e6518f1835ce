internal import CCurl

/// libcurl's codes in our terms.
enum CurlCodes {
  /// What a code of libcurl means for whoever waits.
  static func kind(_ code: CURLcode) -> TransportError.Code {
    switch code {
    case CURLE_OPERATION_TIMEDOUT:
      .timeout
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      .resolve
    case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY:
      .connect
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED,
      CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
      CURLE_SSL_CLIENTCERT:
      .tls
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2,
      CURLE_HTTP2_STREAM, CURLE_SSL_SHUTDOWN_FAILED:
      .truncated
    case CURLE_FILESIZE_EXCEEDED:
      .tooLarge
    case CURLE_URL_MALFORMAT:
      .invalidRequest
    case CURLE_TOO_MANY_REDIRECTS:
      .redirect
    // Schemes are checked before libcurl sees them, so an unsupported protocol is what the server speaks.
    case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_RANGE_ERROR,
      CURLE_UNSUPPORTED_PROTOCOL:
      .protocolViolation
    case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR:
      .mail
    default:
      .transfer
    }
  }
}
