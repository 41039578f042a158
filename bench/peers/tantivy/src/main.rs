// main.rs: Tantivy as a peer of bench/compare; the verbs are those of all peers.
//
//   peer-tantivy index CORPUS.jsonl DIR [unmerged]
//   peer-tantivy query DIR QUERIES.tsv SECONDS
//   peer-tantivy one DIR QUERY
//
// en_stem, positions, text stored; one writer thread with 256 MB; merged to
// one segment unless told otherwise.
// SPDX-License-Identifier: BSD-2-Clause
use std::io::{BufRead, BufReader, Write};
use std::time::{Duration, Instant};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{Query, QueryParser};
use tantivy::schema::*;
use tantivy::{doc, Index, IndexWriter, Searcher};

#[derive(serde::Deserialize)]
struct Article {
    id: String,
    title: String,
    body: String,
}

fn schema() -> Schema {
    let mut b = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("en_stem")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    b.add_text_field("id", STORED);
    b.add_text_field("text", TextOptions::default().set_stored().set_indexing_options(indexing));
    b.build()
}

fn index(corpus: &str, dir: &str, merge: bool) {
    std::fs::create_dir_all(dir).unwrap();
    let index = Index::create_in_dir(dir, schema()).unwrap();
    let (id, text) = (index.schema().get_field("id").unwrap(), index.schema().get_field("text").unwrap());
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 256 << 20).unwrap();
    for line in BufReader::with_capacity(1 << 20, std::fs::File::open(corpus).unwrap()).lines() {
        let a: Article = serde_json::from_str(&line.unwrap()).unwrap();
        writer.add_document(doc!(id => a.id, text => format!("{}\n{}", a.title, a.body))).unwrap();
    }
    writer.commit().unwrap();
    if merge {
        let ids = index.searchable_segment_ids().unwrap();
        if ids.len() > 1 {
            writer.merge(&ids).wait().unwrap();
        }
    }
    writer.wait_merging_threads().unwrap();
}

fn open(dir: &str) -> (Index, Searcher, Field) {
    let index = Index::open_in_dir(dir).unwrap();
    let id = index.schema().get_field("id").unwrap();
    let searcher = index.reader().unwrap().searcher();
    (index, searcher, id)
}

fn run(searcher: &Searcher, query: &dyn Query, mode: &str) -> (usize, Vec<tantivy::DocAddress>) {
    let top = || TopDocs::with_limit(10).order_by_score();
    match mode {
        "TOP_10" => (0, searcher.search(query, &top()).unwrap().into_iter().map(|h| h.1).collect()),
        "COUNT" => (query.count(searcher).unwrap(), vec![]),
        _ => {
            let (hits, n) = searcher.search(query, &(top(), Count)).unwrap();
            (n, hits.into_iter().map(|h| h.1).collect())
        }
    }
}

fn ids(searcher: &Searcher, hits: &[tantivy::DocAddress], id: Field) -> String {
    let names: Vec<String> = hits
        .iter()
        .map(|h| searcher.doc::<TantivyDocument>(*h).unwrap().get_first(id).unwrap().as_str().unwrap().to_string())
        .collect();
    names.join(" ")
}

fn query(dir: &str, file: &str, seconds: f64) {
    let (index, searcher, id) = open(dir);
    let parser = QueryParser::for_index(&index, vec![index.schema().get_field("text").unwrap()]);
    let lines: Vec<String> = BufReader::new(std::fs::File::open(file).unwrap()).lines().map(|l| l.unwrap()).collect();
    let queries: Vec<(&str, &str)> = lines.iter().map(|l| l.split_once('\t').unwrap()).collect();
    let mut times: Vec<Vec<u64>> = vec![vec![]; queries.len()];
    let start = Instant::now();
    for pass in 0..100 {
        for (i, (mode, text)) in queries.iter().enumerate() {
            let begin = Instant::now();
            let q = parser.parse_query(text).unwrap();
            let r = run(&searcher, q.as_ref(), mode);
            times[i].push(begin.elapsed().as_nanos() as u64);
            std::hint::black_box(r);
        }
        if pass >= 2 && start.elapsed() > Duration::from_secs_f64(seconds) {
            break;
        }
    }
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for (i, (mode, text)) in queries.iter().enumerate() {
        let q = parser.parse_query(text).unwrap();
        let (n, hits) = run(&searcher, q.as_ref(), mode);
        let half = times[i].len() / 2;
        let mut late: Vec<u64> = times[i][half..].to_vec();
        late.sort();
        writeln!(out, "{}\t{}\t{:.2}\t{:.2}\t{}\t{}", mode, text, late[0] as f64 / 1e3, late[late.len() / 2] as f64 / 1e3, n, ids(&searcher, &hits, id)).unwrap();
    }
}

fn one(dir: &str, text: &str) {
    let (index, searcher, id) = open(dir);
    let parser = QueryParser::for_index(&index, vec![index.schema().get_field("text").unwrap()]);
    let q = parser.parse_query(text).unwrap();
    let (_, hits) = run(&searcher, q.as_ref(), "TOP_10");
    println!("{}", ids(&searcher, &hits, id));
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    match args.get(1).map(|s| s.as_str()) {
        Some("index") => index(&args[2], &args[3], args.get(4).map(|s| s.as_str()) != Some("unmerged")),
        Some("query") => query(&args[2], &args[3], args[4].parse().unwrap()),
        Some("one") => one(&args[2], &args[3]),
        _ => std::process::exit(2),
    }
}
