/** The signature against the RFC's own examples, and that whatever is signed changes it when it changes. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signatureBase, signOAuth1 } from './oauth1.js';

const printer = {
  consumerKey: 'dpf43f3p2l4k3l03',
  consumerSecret: 'kd94hf93k423kf44',
  signatureMethod: 'HMAC-SHA1',
  realm: 'Photos',
} as const;

describe('the examples of RFC 5849', () => {
  it('1.2: the request for a token has the published signature', () => {
    const header = signOAuth1(
      { method: 'POST', url: 'https://photos.example.net/token' },
      { ...printer, token: 'hh5s93j4hdidpola', tokenSecret: 'hdhd0244k9j7ao03' },
      { nonce: 'walatlh', timestamp: 137131201, extra: { oauth_verifier: 'hfdp7dh39dks9884' } },
    );
    expect(header).toContain('oauth_signature="gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D"');
  });

  it('1.2: the request for a photo has the published header', () => {
    const header = signOAuth1(
      { method: 'GET', url: 'http://photos.example.net/photos?file=vacation.jpg&size=original' },
      { ...printer, token: 'nnch734d00sl2jdk', tokenSecret: 'pfkkdhi9sl3r4s00' },
      { nonce: 'chapoH', timestamp: 137131202 },
    );
    expect(header).toBe(
      'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", ' +
        'oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", ' +
        'oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"',
    );
  });

  it('3.4.1.1: query, form and protocol parameters are joined in the published order and encoding', () => {
    const base = signatureBase(
      {
        method: 'post',
        url: 'http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
        form: new URLSearchParams('c2&a3=2+q'),
      },
      {
        oauth_consumer_key: '9djdj82h48djs9d2',
        oauth_token: 'kkk9d7dh3k39sjv7',
        oauth_signature_method: 'HMAC-SHA1',
        oauth_timestamp: '137131201',
        oauth_nonce: '7d8f3e4a',
      },
    );
    expect(base).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D' +
        '%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1' +
        '%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
    );
  });
});

const moment = { nonce: 'n', timestamp: 1 };
const consumer = { consumerKey: 'key', consumerSecret: 'secret' };

it('two legs sign with SHA-256 and no token, and the secret is not in the header', () => {
  const header = signOAuth1({ method: 'GET', url: 'https://sis.example.org/orgs?limit=1' }, consumer, moment);
  expect(header).toContain('oauth_signature_method="HMAC-SHA256"');
  expect(header).not.toMatch(/oauth_token|secret/);
});

it('another query, method, nonce, time or secret is another signature; the order of the query is not', () => {
  const pair = fc.tuple(fc.string({ minLength: 1 }), fc.string());
  fc.assert(
    fc.property(fc.uniqueArray(pair, { minLength: 2, maxLength: 5, selector: ([name]) => name }), (pairs) => {
      const at = (query: [string, string][]) => `https://sis.example.org/users?${new URLSearchParams(query)}`;
      const signed = (url: string, over = {}, key = consumer) =>
        /oauth_signature="([^"]+)"/.exec(signOAuth1({ method: 'GET', url }, key, { ...moment, ...over }))![1];
      const plain = signed(at(pairs));
      expect(signed(at(pairs.toReversed()))).toBe(plain);
      expect(signed(at([...pairs, ['one', 'more']]))).not.toBe(plain);
      expect(signed(at(pairs), { nonce: 'm' })).not.toBe(plain);
      expect(signed(at(pairs), { timestamp: 2 })).not.toBe(plain);
      expect(signed(at(pairs), {}, { ...consumer, consumerSecret: 'other' })).not.toBe(plain);
    }),
  );
});
