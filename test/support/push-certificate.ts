/** Of the tests' push service, base64 of their DER: self-signed for one key, valid from 2020 to 2120. The key is no secret. */

const KEY =
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrIkNyv6l57dWmVKbRAJ0YaVo2TfOmRZoEapZg1RuDtGhRANCAAQOlGek1VKhwySb0wPUFbJ9eCDGQjo0Ll8E3hpRfUQVlnY8czWeJg31ZLZEyHQFbXGORDuA4bfPIfsRIpuKAXVr";

/** For the name of the service. */
const CERTIFICATE =
  "MIIBUDCB9qADAgECAggBqPsVGPW35zAKBggqhkjOPQQDAjAcMRowGAYDVQQDExFwdXNoLmV4YW1wbGUudGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEaMBgGA1UEAxMRcHVzaC5leGFtcGxlLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQOlGek1VKhwySb0wPUFbJ9eCDGQjo0Ll8E3hpRfUQVlnY8czWeJg31ZLZEyHQFbXGORDuA4bfPIfsRIpuKAXVroyAwHjAcBgNVHREEFTATghFwdXNoLmV4YW1wbGUudGVzdDAKBggqhkjOPQQDAgNJADBGAiEAyYnxziKLlaCzAP+o6kZbgCRPCof2BM4U0T+5wSOpfsMCIQCD1q+EJn4DMP1gIFJ2Zd5ZJswkx0pT/sm+lezlT+Z8cw==";

/** For another name. */
const OTHER =
  "MIIBUjCB+aADAgECAggB13UIptgtTzAKBggqhkjOPQQDAjAdMRswGQYDVQQDExJvdGhlci5leGFtcGxlLnRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMB0xGzAZBgNVBAMTEm90aGVyLmV4YW1wbGUudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABA6UZ6TVUqHDJJvTA9QVsn14IMZCOjQuXwTeGlF9RBWWdjxzNZ4mDfVktkTIdAVtcY5EO4Dht88h+xEim4oBdWujITAfMB0GA1UdEQQWMBSCEm90aGVyLmV4YW1wbGUudGVzdDAKBggqhkjOPQQDAgNIADBFAiAwAnDsCVXEE5yo6cA9EQ6tgFJkhgguBn9H+tq3NZBLSQIhAKDHh3J5EdGT/AyLO01cTUgEurPhKYgmw0aBPAOyMi5i";

const pem = (label: string, text: string) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;

export const NAME = "push.example.test";
export const key = pem("PRIVATE KEY", KEY);
export const certificates = { own: pem("CERTIFICATE", CERTIFICATE), other: pem("CERTIFICATE", OTHER) };
