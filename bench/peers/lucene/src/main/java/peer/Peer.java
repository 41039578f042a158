// Peer.java: Lucene as a peer of bench/compare; the verbs are those of all peers.
//
//   Peer index CORPUS.jsonl DIR [unmerged]
//   Peer query DIR QUERIES.tsv SECONDS
//   Peer one DIR QUERY
//
// EnglishAnalyzer without stop words, positions, text stored; 256 MB of
// buffer, merged to one segment unless told otherwise.
// SPDX-License-Identifier: BSD-2-Clause
package peer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.store.MMapDirectory;

public final class Peer {
    private static final int PASSES_MAX = 100;

    private static Analyzer analyzer() {
        return new EnglishAnalyzer(CharArraySet.EMPTY_SET);
    }

    private static String[] article(JsonFactory json, String line) throws Exception {
        String[] a = new String[3];
        try (JsonParser p = json.createParser(line)) {
            p.nextToken();
            while (p.nextToken() == JsonToken.FIELD_NAME) {
                String name = p.currentName();
                p.nextToken();
                switch (name) {
                    case "id": a[0] = p.getText(); break;
                    case "title": a[1] = p.getText(); break;
                    case "body": a[2] = p.getText(); break;
                    default: p.skipChildren();
                }
            }
        }
        return a;
    }

    private static void index(Path corpus, Path dir, boolean merge) throws Exception {
        IndexWriterConfig config = new IndexWriterConfig(analyzer());
        if (merge) config.setRAMBufferSizeMB(256);
        JsonFactory json = new JsonFactory();
        try (IndexWriter writer = new IndexWriter(new MMapDirectory(dir), config);
                BufferedReader in = Files.newBufferedReader(corpus)) {
            for (String line; (line = in.readLine()) != null; ) {
                String[] a = article(json, line);
                Document doc = new Document();
                doc.add(new StoredField("id", a[0]));
                doc.add(new TextField("text", a[1] + "\n" + a[2], Field.Store.YES));
                writer.addDocument(doc);
            }
            if (merge) writer.forceMerge(1);
            writer.commit();
        }
    }

    private record Hits(long count, ScoreDoc[] docs) {}

    private static Hits run(IndexSearcher s, Query q, String mode) throws Exception {
        if (mode.equals("COUNT")) return new Hits(s.count(q), new ScoreDoc[0]);
        int threshold = mode.equals("TOP_10") ? 10 : Integer.MAX_VALUE;
        TopDocs top = s.search(q, new TopScoreDocCollectorManager(10, threshold));
        return new Hits(mode.equals("TOP_10") ? 0 : top.totalHits.value(), top.scoreDocs);
    }

    private static String ids(IndexSearcher s, ScoreDoc[] docs) throws Exception {
        StringBuilder out = new StringBuilder();
        StoredFields stored = s.storedFields();
        for (ScoreDoc d : docs) out.append(out.length() == 0 ? "" : " ").append(stored.document(d.doc).get("id"));
        return out.toString();
    }

    private static IndexSearcher open(Path dir) throws Exception {
        IndexSearcher s = new IndexSearcher(DirectoryReader.open(new MMapDirectory(dir)));
        s.setQueryCache(null);
        return s;
    }

    private static void query(Path dir, Path file, double seconds) throws Exception {
        IndexSearcher s = open(dir);
        QueryParser parser = new QueryParser("text", analyzer());
        List<String> lines = Files.readAllLines(file);
        int n = lines.size(), passes = 0;
        long[][] times = new long[n][PASSES_MAX];
        long start = System.nanoTime();
        while (passes < PASSES_MAX && (passes < 3 || System.nanoTime() - start < seconds * 1e9)) {
            for (int i = 0; i < n; i++) {
                String[] parts = lines.get(i).split("\t");
                long begin = System.nanoTime();
                run(s, parser.parse(parts[1]), parts[0]);
                times[i][passes] = System.nanoTime() - begin;
            }
            passes++;
        }
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (int i = 0; i < n; i++) {
            String[] parts = lines.get(i).split("\t");
            Hits h = run(s, parser.parse(parts[1]), parts[0]);
            long[] late = Arrays.copyOfRange(times[i], passes / 2, passes);
            Arrays.sort(late);
            out.printf("%s\t%s\t%.2f\t%.2f\t%d\t%s%n", parts[0], parts[1], late[0] / 1e3, late[late.length / 2] / 1e3, h.count(), ids(s, h.docs()));
        }
        out.flush();
    }

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "index": index(Paths.get(args[1]), Paths.get(args[2]), args.length < 4 || !args[3].equals("unmerged")); break;
            case "query": query(Paths.get(args[1]), Paths.get(args[2]), Double.parseDouble(args[3])); break;
            case "one": {
                IndexSearcher s = open(Paths.get(args[1]));
                Hits h = run(s, new QueryParser("text", analyzer()).parse(args[2]), "TOP_10");
                System.out.println(ids(s, h.docs()));
                break;
            }
            default: System.exit(2);
        }
    }
}
