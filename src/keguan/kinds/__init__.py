"""Methods of classifying, one folder each; a folder knows no other folder, the registry names them all."""
