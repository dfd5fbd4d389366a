#!/bin/sh
# Makes the certificates of this folder anew: `sh make.sh`. They are for tests on loopback only and protect nothing.
set -eu
cd "$(dirname "$0")"
DAYS=36500

authority() { # name
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $DAYS -subj "/CN=test $1" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" \
    -keyout "$1.key" -out "$1.crt" 2>/dev/null
}

leaf() { # name, subject, usage, alternative names, validity…
  name=$1 subject=$2 usage=$3 names=$4
  shift 4
  openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr"
  printf 'extendedKeyUsage=%s\nsubjectAltName=%s\n' "$usage" "$names" >"$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -extfile "$name.ext" "$@" -out "$name.crt" 2>/dev/null
  rm "$name.csr" "$name.ext"
}

ec_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }

authority ca
authority stranger-ca
for name in server other-name expired client-ec; do ec_key $name; done
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out client-rsa.key 2>/dev/null

leaf server /CN=server serverAuth DNS:localhost,IP:127.0.0.1 -days $DAYS
leaf other-name /CN=other-name serverAuth DNS:elsewhere.example -days $DAYS
# Expires in the second in which it is made.
leaf expired /CN=expired serverAuth DNS:localhost,IP:127.0.0.1 -days 0
leaf client-ec /CN=ec-user/O=developers clientAuth DNS:ec-user -days $DAYS
leaf client-rsa /CN=rsa-user/O=developers clientAuth DNS:rsa-user -days $DAYS
# Without extensions, openssl makes a certificate of X.509 version 1.
openssl req -new -key client-ec.key -subj /CN=ec-user/O=developers -out client-ec-v1.csr
openssl x509 -req -in client-ec-v1.csr -signkey client-ec.key -days $DAYS -out client-ec-v1.crt 2>/dev/null
rm client-ec-v1.csr ca.key stranger-ca.key
