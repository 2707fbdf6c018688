#!/bin/sh
# Artifacts on a laptop, without a cluster and without a network: a git repository in a folder, a volume in another one.
# Usage: laptop.sh FOLDER, with `gamezone` on the path (or its place in GAMEZONE).
set -eu
gamezone=${GAMEZONE:-gamezone}
mkdir -p "$1"
cd "$1"

git init --quiet --initial-branch=main data
mkdir data/tables
echo 'sword,10' >data/tables/items.csv
echo 'slime,5' >data/tables/monsters.csv
commit() {
  git -C data add --all
  git -C data -c user.name=designer -c user.email=designer@example.com commit --quiet --message "$1"
}
commit 'first tables'

cat >zone.yaml <<ZONE
apiVersion: gamezone.dev/v1alpha1
kind: GameZone
metadata: { name: atlas }
spec:
  gameZone: { zoneId: 7, defaultImage: 'registry.example.com/atlas/service:0.1.0', serviceConfig: [{ type: game, id: 1 }] }
  artifacts:
    - path: /app/artifacts
      subPath: tables
      git: { url: 'file://$PWD/data', branch: main }
ZONE

echo '== a release, and live/ made from it'
$gamezone artifacts sync zone.yaml --to volume

echo '== a tester changes one file, a designer another one'
echo 'sword,99' >volume/live/items.csv
echo 'slime,6' >data/tables/monsters.csv
commit 'stronger slimes'
$gamezone artifacts sync zone.yaml --to volume
cat volume/live/items.csv volume/live/monsters.csv

echo '== what is there'
$gamezone artifacts ls volume
